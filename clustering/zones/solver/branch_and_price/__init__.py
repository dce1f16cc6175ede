"""Anchors that compete for feeders, solved exactly: whole Zones as columns of a master problem."""
