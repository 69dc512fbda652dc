"""The barest Gradio page with one Plotly figure, to compare the page's opening with; its one argument is a port."""

import sys

import gradio as gr
import plotly.graph_objects as go


def build_bare_page() -> gr.Blocks:
    """One figure, nothing else."""
    with gr.Blocks(analytics_enabled=False) as page:
        gr.Plot(go.Figure(go.Bar(x=["entailment", "neutral", "contradiction"], y=[0.2, 0.3, 0.5])))
    return page


if __name__ == "__main__":
    build_bare_page().launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True)
