"""The look: system fonts (nothing is fetched), one accent colour, and assets/laboratory.css."""

import gradio as gr

from bertmini_demo.settings import ASSETS

STYLE = ASSETS / "laboratory.css"
FONT = ["ui-sans-serif", "system-ui", "sans-serif"]
MONO = ["ui-monospace", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    """Gradio's default theme with the page's fonts, corners and contrast."""
    return gr.themes.Default(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.slate,
        font=FONT,
        font_mono=MONO,
        radius_size=gr.themes.sizes.radius_md,
    ).set(
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
        color_accent="*primary_600",
        checkbox_border_color="*neutral_500",
        checkbox_border_color_dark="*neutral_500",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_border_color="*primary_600",
        button_primary_border_color_dark="*primary_600",
        button_border_width="1px",
        button_secondary_background_fill="*background_fill_secondary",
        button_secondary_background_fill_dark="*background_fill_secondary",
        button_secondary_background_fill_hover="*background_fill_primary",
        button_secondary_background_fill_hover_dark="*background_fill_primary",
        button_secondary_border_color="*border_color_primary",
        button_secondary_border_color_dark="*border_color_primary",
        button_secondary_border_color_hover="*primary_600",
        button_secondary_border_color_hover_dark="*primary_400",
        button_large_text_size="*text_md",
        button_large_text_weight="500",
        button_small_text_weight="400",
    )
