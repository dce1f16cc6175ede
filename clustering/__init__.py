"""
Feeder Zones: groups low-performing high schools and their feeder schools into protected Zones.

The only public surface of the library; ``propose_zones`` is the straight line from a Scenario to a Proposal.
"""
