"""Text and pairs as training reads them: files, encoded rows, sequences, and pairs made from others."""
