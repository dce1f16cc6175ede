"""Tables of text to a Scenario: every fault is found, and nothing later looks at raw input again."""

from clustering.validate.scenario import read_scenario

__all__ = ["read_scenario"]
