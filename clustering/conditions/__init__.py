"""Conditions: what a Zone is allowed and promised, how its life went on, how ready it is and what it achieves."""
