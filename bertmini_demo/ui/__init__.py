"""The page. The only part that imports gradio; everything it shows comes from the modules below it."""
