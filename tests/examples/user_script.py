"""What a user writes. mypy, run by ``make lint``, must know these types and refuse what is wrong; nothing runs it."""

from __future__ import annotations

from typing import assert_type

import clustering as cz


def propose() -> None:
    """Propose Zones, as README does."""
    scenario = cz.read_scenario(schools="schools.csv", flows="promotions.csv")
    proposal = cz.propose_zones(scenario, cz.parse_parameters(["maximum_schools=8"]))
    assert_type(proposal, cz.Proposal)
    for zone in proposal.zones:
        assert_type(zone.metrics.coverage, float | None)
        for member in zone.members:
            assert_type(member.reason, str)
    assert_type(cz.ZoneClustering().fit(scenario).proposal_, cz.Proposal)
    cz.propose_zones(3)  # type: ignore[arg-type]
    cz.read_scenario(schools="schools.csv", flow="promotions.csv")  # type: ignore[call-arg]
    len(proposal.zone)  # type: ignore[attr-defined]
    cz.propose_zone(scenario)  # type: ignore[attr-defined]
