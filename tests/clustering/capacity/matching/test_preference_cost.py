"""What preferences cost: by hand."""

from __future__ import annotations

from clustering import match_zones
from clustering.capacity.matching.match import Match
from tests.examples.capacity_tables import needs_of, register_of

NEEDS = needs_of({"1a": {"students": 100.0}, "1b": {"students": 100.0}}, {"zone-1": ["1a", "1b"]})
PREFERRED = {"partner_id": "P", "choice": "prefer", "stated_by": "district", "district_id": "D1"}
NOTE = "Preferences come before cost"


def notes_of(match: Match) -> list[str]:
    return [each for each in match.notes if each.startswith(NOTE)]


def test_a_preference_that_costs_money_is_said_with_its_price() -> None:
    # P is preferred and costs 750,000 dollars a school, Q 500,000: two schools are 1.5 and 1.0 million.
    register = register_of({"P": {}, "Q": {"cost_per_school": 500_000.0}}, statements=[PREFERRED])
    match = match_zones(NEEDS, register)
    assert match.matches["partner_id"].tolist() == ["P"]
    (note,) = notes_of(match)
    assert note.endswith("would cost 500,000 dollars a year less, with 1 fewer preference met.")
    reason = match.matches["reason"].item()
    assert "Partner Q could run it instead, and as much need would be served in all, for" in reason
    assert reason.endswith("for 500,000 dollars a year less and with 1 fewer preference met.")
    # The price is that of the match without the preference.
    cheaper = match_zones(NEEDS, register_of({"P": {}, "Q": {"cost_per_school": 500_000.0}}))
    assert match.solution.cost_dollars - cheaper.solution.cost_dollars == 500_000


def test_preferences_that_cost_nothing_are_not_mentioned() -> None:
    cheap = {"P": {"cost_per_school": 500_000.0}, "Q": {}}
    assert not notes_of(match_zones(NEEDS, register_of(cheap, statements=[PREFERRED])))
    assert not notes_of(match_zones(NEEDS, register_of(cheap)))
