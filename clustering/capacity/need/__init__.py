"""The need: what each Zone, and each smaller variant of it, would bring to a partner and ask of it."""
