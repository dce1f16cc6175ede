"""The state's picture: need against capacity, who is served, by whom, where, from when and at what cost."""
