"""Why there is no answer, or no Zone."""
