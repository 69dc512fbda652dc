"""What works around faults of Gradio: one module a fault, each with a test that fails once Gradio mends it."""
