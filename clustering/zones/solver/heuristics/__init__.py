"""Methods that the exact one is compared with."""
