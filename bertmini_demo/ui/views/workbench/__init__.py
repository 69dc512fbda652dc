"""The workbench: many pairs at once, other models, and copies trained on the visitor's own pairs."""
