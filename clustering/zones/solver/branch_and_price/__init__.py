"""Branch and price: anchors that compete for feeders, solved exactly with whole Zones as columns."""
