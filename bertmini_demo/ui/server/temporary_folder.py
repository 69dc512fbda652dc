"""The temporary folder of the app, in which the copies lie that visitors train."""

import atexit
import os
import shutil
from tempfile import mkdtemp

VARIABLE = "GRADIO_TEMP_DIR"


def use_own_folder() -> None:
    """Has Gradio and the app put files into a new folder, deleted at the end, unless the operator has named one."""
    if VARIABLE not in os.environ:
        folder = mkdtemp(prefix="bertmini-demo-")
        os.environ[VARIABLE] = folder
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
