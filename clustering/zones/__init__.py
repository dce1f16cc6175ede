"""From a Scenario and a request to a Proposal."""
