"""School files judged."""
