"""Serves the page: ``python app.py``, or ``python app.py --help``."""

import argparse
import os
import sys

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="BERT-mini, opened up: a page for natural language inference."
    )
    parser.add_argument(
        "--host", help="address to listen on (default: GRADIO_SERVER_NAME, else this machine only)"
    )
    parser.add_argument("--port", type=int, help="default: GRADIO_SERVER_PORT, else the first free from 7860")
    parser.add_argument(
        "--model", dest="model_name", help="folder or Hugging Face Hub name (default: the shipped checkpoint)"
    )
    parser.add_argument("--lessons", help="folder with tours (NAME.md) and pairs (pairs.md) of your own")
    parser.add_argument("--labels", help="its outputs in order, as entailment,neutral,contradiction")
    parser.add_argument("--mcp", action="store_true", help="offer assistants tools; needs gradio[mcp]")
    arguments = parser.parse_args()
    sys.stderr.write("loading …\n")  # what is imported below takes seconds

    from bertmini_demo.errors import DemoError
    from bertmini_demo.ui.server.serve import serve

    try:
        serve(**vars(arguments))
    except DemoError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
