"""The analyses of a proposal over HTTP."""

from __future__ import annotations

import csv
import io
import re

import pytest
from starlette.testclient import TestClient

from clustering import (
    ZonePlanner,
    explain_reach,
    find_best_plans,
    measure_replacement_cost,
    parse_parameters,
    propose_zones,
    table_bytes,
)
from tests.examples.residents import residents_table
from tests.examples.service_requests import ask_for_zones, compute, toy_uploads
from tests.examples.toy_district import EAST, OAK, PINE, WEST, toy_scenario

pytestmark = pytest.mark.usefixtures("one_process")

BOTH = "graduation_rate<0.9"
PARTS = ("reach", "plans", "replacement-cost", "selection-frequency", "trade-off", "stability", "persistence")


def rows_of(client: TestClient, address: str) -> list[dict[str, str]]:
    response = compute(client, f"{address}{'&' if '?' in address else '?'}f=csv")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].startswith('attachment; filename="')
    assert response.headers["content-disposition"].endswith('-protected.csv"')
    return list(csv.DictReader(io.StringIO(response.text)))


def test_plans_tell_what_each_loses_and_which_schools_move(client: TestClient, proposal_id: str) -> None:
    address = client.get(f"/proposals/{proposal_id}").json()["links"]["plans"]
    plans = compute(client, address, params={"count": 2}).json()["plans"]
    # The optimum, and E4 in East instead of West: see tests/clustering/test_best_plans.py.
    ranked = find_best_plans(ZonePlanner(toy_scenario()), {"identification": BOTH}, count=2)
    assert [(plan["rank"], plan["score"], plan["loss"]) for plan in plans] == [
        (plan.rank, plan.score, plan.loss) for plan in ranked
    ]
    assert plans[1]["moves"] == [
        {"school_id": "0004", "name": "E4", "from_zones": ["zone-0010"], "to_zones": ["zone-0011"]}
    ]
    assert len(rows_of(client, f"{address}?count=2")) == 22


def test_plans_that_differ_in_more_schools_can_be_asked_for(client: TestClient, proposal_id: str) -> None:
    address = f"/proposals/{proposal_id}/plans?count=2&minimum_difference_schools=3"
    plans = compute(client, address).json()["plans"]
    # Oak with E1 and E2 in East: see tests/clustering/analysis/test_portfolio.py.
    ranked = find_best_plans(
        ZonePlanner(toy_scenario()), {"identification": BOTH}, count=2, minimum_difference_schools=3
    )
    assert [(plan["loss"], len(plan["moves"])) for plan in plans] == [(0.0, 0), (ranked[1].loss, 3)]


def test_replacement_costs_and_selection_frequencies_are_told_of_every_school(
    client: TestClient, proposal_id: str
) -> None:
    # East has no other Zone to go to, and E4 is in a Zone in four of five plans: see
    # tests/clustering/analysis/test_portfolio.py.
    costs = compute(client, f"/proposals/{proposal_id}/replacement-cost").json()["rows"]
    found = measure_replacement_cost(ZonePlanner(toy_scenario()), {"identification": BOTH}).set_index("school_id")
    east = {row["school_id"]: row["replacement_cost_students"] for row in costs}[EAST]
    assert east == found.loc[EAST, "replacement_cost_students"]
    address = f"/proposals/{proposal_id}/selection-frequency?within_share=0.07"
    frequencies = compute(client, address).json()["rows"]
    assert {row["school_id"]: row["selection_frequency"] for row in frequencies}["0004"] == 0.8
    assert len(costs) == len(frequencies) == len(rows_of(client, address)) == 11


def test_the_trade_off_has_a_row_per_combination(client: TestClient, proposal_id: str) -> None:
    address = f"/proposals/{proposal_id}/trade-off"
    query = "maximum_schools=3&maximum_schools=10&leakage_weights=0.25"
    rows = compute(client, f"{address}?{query}").json()["rows"]
    # Of three schools West, Elm, E3 and East, Pine, E5.
    best = [
        propose_zones(toy_scenario(), {"identification": BOTH, "maximum_schools": most}).solution.score
        for most in (3, 10)
    ]
    assert [(row["maximum_schools"], row["score"]) for row in rows] == [(3, best[0]), (10, best[1])]
    assert len(rows_of(client, address)) == 25


def test_stability_is_told_of_every_school_in_a_zone(client: TestClient, proposal_id: str) -> None:
    address = f"/proposals/{proposal_id}/stability"
    rows = compute(client, address, params={"resamples": 2}).json()["rows"]
    assert {row["anchor_id"] for row in rows} == {WEST, EAST}
    # One school year: no share of single years.
    assert all(row["share_of_years"] is None for row in rows)
    assert {row["school_id"] for row in rows if row["is_in_answer"]} == {f"{number:04d}" for number in range(1, 12)}
    again = compute(client, address, params={"resamples": 2}).json()["rows"]
    assert again == rows


def test_persistence_is_missing_where_flows_tell_nothing_of_what_is_inside(
    client: TestClient, proposal_id: str
) -> None:
    rows = compute(client, f"/proposals/{proposal_id}/persistence").json()["rows"]
    assert [(row["zone_id"], row["persistence"]) for row in rows] == [("zone-0010", None), ("zone-0011", None)]
    assert len(rows_of(client, f"/proposals/{proposal_id}/persistence?years=3")) == 2


def test_capture_tells_where_residents_enrol(client: TestClient) -> None:
    dataset = client.post("/datasets", files=toy_uploads(flows=residents_table())).json()
    assert [alarm.split(" holds")[0] for alarm in dataset["report"]["alarms"]] == ["flows.csv"]
    proposal = ask_for_zones(client, dataset["id"], identification="official:designation=CSI")
    rows = compute(client, proposal["links"]["capture"]).json()["rows"]
    # 80 of 80, 20 and 7; 50 of 50 and 7; 90 of 120.
    for row, residents, share in zip(rows, (107, 57, 120), (80 / 107, 50 / 57, 90 / 120), strict=True):
        assert row["residents_low"] <= residents <= row["residents_high"]
        assert row["capture_share_low"] <= share <= row["capture_share_high"]
    pages = [f"/browse/proposals/{proposal['id']}", f"/browse/datasets/{dataset['id']}"]
    shown = [client.get(page).text for page in (*pages, f"{pages[0]}/capture", f"{pages[1]}/identification")]
    assert ["holds hardly any promotions" in text for text in shown] == [True, True, False, True]
    assert f'href="{pages[0]}/capture"' in shown[0]
    # Where the others go: 20 and 7 of E1, 7 of E2, 30 of Oak. No count is told alone.
    destinations = re.findall(r"\((\d{4})\) (\d+) to (\d+)", shown[2])
    assert [school for school, _, _ in destinations] == ["0002", "0003", "0003", "0008"]
    for (_, low, high), students in zip(destinations, (20, 7, 7, 30), strict=True):
        assert int(low) <= students <= int(high)
    assert all(int(low) == 1 and int(high) >= 9 for school, low, high in destinations if school == "0003")


def test_capture_of_promotions_is_refused(client: TestClient, proposal_id: str) -> None:
    response = compute(client, f"/proposals/{proposal_id}/capture")
    assert response.status_code == 422
    assert "do not say where residents enrol" in response.json()["problems"][0]["message"]
    assert "/capture" not in client.get(f"/browse/proposals/{proposal_id}").text


@pytest.mark.parametrize(
    "question",
    [
        "plans?count=21",
        "plans?count=0",
        "plans?minimum_difference_schools=0",
        "selection-frequency?within_share=0.3",
        "selection-frequency?maximum_plans=2001",
        "stability?resamples=201",
        "stability?seed=-1",
        "persistence?years=0",
        "persistence?years=13",
        "trade-off?leakage_weights=nan",
        "trade-off?maximum_schools=0",
        "trade-off?" + "&".join(f"maximum_schools={size}" for size in range(3, 16)),
    ],
)
def test_arguments_out_of_range_are_refused(client: TestClient, proposal_id: str, question: str) -> None:
    response = compute(client, f"/proposals/{proposal_id}/{question}")
    assert response.status_code == 422
    assert response.json()["problems"]


def test_a_method_that_proves_nothing_has_no_ranking_of_plans(client: TestClient, dataset_id: str) -> None:
    answer = ask_for_zones(client, dataset_id, method="greedy")
    response = compute(client, answer["links"]["plans"])
    assert response.status_code == 422
    assert response.json()["problems"][0]["column"] == "method"


def test_an_unknown_proposal_has_none_of_them(client: TestClient) -> None:
    for part in PARTS:
        assert compute(client, f"/proposals/none/{part}").status_code == 404


def test_a_plan_as_given_has_no_alternatives(client: TestClient, dataset_id: str) -> None:
    files = [("plan", ("plan.csv", b"school_id,zone\n0010,a\n0007,a\n0008,a\n", "text/csv"))]
    plan = client.post(f"/datasets/{dataset_id}/plans", files=files)
    assert plan.status_code == 201, plan.text
    for part in PARTS:
        response = compute(client, f"/proposals/{plan.json()['id']}/{part}")
        assert response.status_code == 422, part
        assert "This is a plan, not a proposal" in response.text


def test_numbers_tell_where_they_come_from(client: TestClient, proposal_id: str) -> None:
    whole = client.get(f"/proposals/{proposal_id}").json()["proposal"]
    for part in ("reach", "plans?count=1", "trade-off?maximum_schools=5", "stability?resamples=1", "persistence"):
        body = compute(client, f"/proposals/{proposal_id}/{part}").json()
        assert body["provenance"] == whole["provenance"], part
        assert body["parameters"] == whole["parameters"], part


def test_the_service_explains_as_the_library_does(client: TestClient, dataset_id: str) -> None:
    proposal_id = ask_for_zones(client, dataset_id, identification=BOTH)["id"]
    answer = compute(client, f"/proposals/{proposal_id}/reach?f=csv")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    table = explain_reach(ZonePlanner(toy_scenario()), parse_parameters({"identification": BOTH}))
    assert answer.content == table_bytes(table)
    body = compute(client, f"/proposals/{proposal_id}/reach?anchor_id={WEST}").json()
    assert {row["anchor_id"] for row in body["reach"]} == {WEST}
    assert body["parameters"]["identification"] == BOTH
    assert body["provenance"]["tables_sha256"]
    (pine,) = [row for row in body["reach"] if row["school_id"] == PINE]
    assert pine["zone_id"] == f"zone-{EAST}"
    assert pine["bound_by"] == "minimum_arrival_share"
    (oak,) = [row for row in body["reach"] if row["school_id"] == OAK]
    # See tests/clustering/analysis/test_reach.py.
    assert oak["loss_students"] == table.set_index(["anchor_id", "school_id"]).loc[(WEST, OAK), "loss_students"]


def test_a_school_that_a_limit_excludes_has_its_reason(client: TestClient, dataset_id: str) -> None:
    proposal_id = ask_for_zones(client, dataset_id, identification=BOTH, force_out=[PINE])["id"]
    text = compute(client, f"/proposals/{proposal_id}/reach", headers={"Accept": "text/csv"}).text
    rows = {(row["anchor_id"], row["school_id"]): row for row in csv.DictReader(io.StringIO(text))}
    assert rows[WEST, PINE]["bound_by"] == "force_out"
    assert rows[WEST, PINE]["reason"] == "It is forced out."
    assert rows[WEST, PINE]["loss_students"] == ""


def test_a_school_that_is_no_anchor_is_refused(client: TestClient, proposal_id: str) -> None:
    answer = compute(client, f"/proposals/{proposal_id}/reach?anchor_id=0001")
    assert answer.status_code == 422
    assert "not an anchor" in answer.text
    assert compute(client, "/proposals/nothing/reach").status_code == 404
