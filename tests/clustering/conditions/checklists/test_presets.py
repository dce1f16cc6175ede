"""The checklists that ship."""

from __future__ import annotations

import pytest

from clustering import AREAS, Checklist, list_checklists, read_checklist


@pytest.mark.parametrize("checklist", list_checklists(), ids=lambda each: each.checklist_id)
def test_each_item_says_what_it_asks_and_where_it_is_from(checklist: Checklist) -> None:
    assert checklist.source
    assert all(item.asks and item.source for item in checklist.items)
    assert {"people", "money", "time", "program", "contract"} <= {item.area for item in checklist.items} <= {*AREAS}
    assert any(item.required for item in checklist.items)
    assert any(not item.required for item in checklist.items)
    order = [AREAS.index(item.area) for item in checklist.items]
    assert order == sorted(order)
    assert read_checklist(checklist.checklist_id) is checklist


def test_they_hold_what_the_agreements_cover() -> None:
    by_name = {each.checklist_id: {item.item_id for item in each.items if item.required} for each in list_checklists()}
    assert sorted(by_name) == [
        "delaware_partnership_zone",
        "miami_school_improvement_zone",
        "springfield_empowerment_zone",
    ]
    # What Delaware's rule says the agreement must cover, and Miami's longer day and year with the pay for it.
    assert by_name["delaware_partnership_zone"] >= {
        "people-hiring-and-transfer-limits",
        "people-choice-of-transfers",
        "people-incentives",
        "time-calendar",
    }
    assert by_name["miami_school_improvement_zone"] >= {
        "time-longer-day",
        "time-longer-year",
        "money-pay-for-longer-time",
    }
    assert by_name["springfield_empowerment_zone"] >= {"governance-board", "people-hiring", "money-school-budgets"}
