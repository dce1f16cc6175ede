"""The multi-year plan: which Zones start when, with which partner, under yearly budgets and growing capacity."""
