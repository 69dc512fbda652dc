"""What Gradio's own frame looks like: system fonts, so that nothing is fetched. The page is styled by assets/style.css."""

import gradio as gr

FONT = ["ui-sans-serif", "system-ui", "sans-serif"]
MONO = ["ui-monospace", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    """Gradio's default theme with system fonts."""
    return gr.themes.Default(font=FONT, font_mono=MONO)
