"""Gradio's Blocks with the faults mended that lie in them."""

from bertmini_demo.ui.gradio_fixes.downloads_for_anyone import NoDownloads
from bertmini_demo.ui.gradio_fixes.growing_sessions import FixedSizeSessions
from bertmini_demo.ui.gradio_fixes.unexplained_errors import ExplainedErrors


class FixedBlocks(FixedSizeSessions, ExplainedErrors, NoDownloads):
    """The Blocks that the page is built in."""
