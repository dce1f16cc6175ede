"""Analyses of proposals and of rules: names, parameters, columns."""
