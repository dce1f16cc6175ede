"""The zones command."""
