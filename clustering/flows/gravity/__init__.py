"""Flows estimated by a gravity model, where nothing better is known."""
