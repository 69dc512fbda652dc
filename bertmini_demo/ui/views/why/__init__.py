"""Why: which words are evidence for a label, and how far that can be trusted."""
