"""The best distinct plans, in order."""
