"""The best Zone of one anchor."""
