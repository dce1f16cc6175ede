"""Pages as the service writes them: what they say of proposals, and what stands beside these."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl

import pytest
from starlette.testclient import TestClient

from app.queries.request_summary import summarise_request
from clustering import parse_parameters
from tests.examples.service_requests import ask_for_zones, open_answer
from tests.examples.toy_district import EAST, WEST

RULE = "official:designation=CSI"


@pytest.mark.parametrize(
    ("parameters", "summary"),
    [
        ({}, "all parameters as by default"),
        ({"maximum_schools": 8, "leakage_weight": 0.5}, "leakage weight 0.5, maximum schools 8"),
        ({"shared_feeders": True, "contiguous": "yes"}, "contiguous, shared feeders"),
        ({"check_suppressed": False, "identification": RULE}, f"{RULE}, no check suppressed"),
        (
            {"merge_anchors": "0010+0011", "force_in": "0001,0002", "years": "2022,2023"},
            "years 2022 2023, force in 0001 0002, merge anchors 0010+0011",
        ),
        ({"maximum_distance_km": 20, "method": "greedy"}, "maximum distance km 20, method greedy"),
    ],
)
def test_a_request_is_summarised_by_what_is_not_the_default(parameters: dict[str, object], summary: str) -> None:
    assert summarise_request(parse_parameters(parameters).as_dict()) == summary


def test_a_request_kept_before_a_parameter_was_there_can_be_summarised() -> None:
    assert summarise_request({"maximum_schools": 8}) == "maximum schools 8"


def test_the_chooser_tells_proposals_apart(client: TestClient, proposal_id: str, dataset_id: str) -> None:
    locks = [f"{number:04d}" for number in range(1, 7)]
    others = {
        ask_for_zones(client, dataset_id, identification=RULE, shared_feeders=True)["id"]: "shared feeders",
        ask_for_zones(client, dataset_id, identification=RULE, merge_anchors="0010+0011")[
            "id"
        ]: "merge anchors 0010+0011",
        ask_for_zones(client, dataset_id, identification=RULE, force_in=locks, minimum_schools=4, count_exits=True)[
            "id"
        ]: f"minimum schools 4, force in {' '.join(locks)}, count exits",
    }
    page = client.get(f"/browse/proposals/{proposal_id}").text
    entries = dict(re.findall(r'<option value="([^"]+)" title="([^"]*)">', page))
    shown = dict(re.findall(r'<option value="([^"]+)" title="[^"]*">([^<]*)<', page))
    for other, words in others.items():
        assert html.unescape(entries[other]) == f"{RULE}, {words}"
        assert len(shown[other]) < 150
    short, merged, long = others
    assert html.unescape(shown[short]).endswith("shared feeders")
    assert shown[long].endswith("...")
    # What is not set says what that means: none of these is a limit of nothing.
    facts = dict(
        re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", client.get(f"/browse/proposals/{merged}").text),
    )
    unset = {name: facts[name] for name in ("Years", "Levels", "Force in", "Need rule", "Maximum distance km")}
    assert list(unset.values()) == ["all", "all", "none", "not used", "no limit"]
    assert facts["Merge anchors"] == "0010+0011"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("reach", ["Oak Middle", "In: ", "Anchor", "Why"]),
        (
            "plans?count=2",
            [
                "Plan 1: score ",
                "Plan 2: score ",
                " students a year, ",
                " less than the best",
                "Zone of East High",
            ],
        ),
        ("trade-off", ["Leakage weight", "optimal"]),
        ("stability?resamples=2", ["In resampled flows", "100%"]),
        ("persistence?years=3", ["Persistence", "West High", "–"]),
    ],
)
def test_what_stands_beside_a_proposal_has_a_page_that_can_be_read(
    client: TestClient, proposal_id: str, part: str, words: list[str]
) -> None:
    own = f"/browse/proposals/{proposal_id}"
    kind = part.partition("?")[0]
    assert f'href="{own}/{kind}"' in client.get(own).text
    page = open_answer(client, f"{own}/{kind}", **dict(parse_qsl(part.partition("?")[2])))
    assert page.status_code == 200
    text = html.unescape(page.text)
    for word in words:
        assert word in text, word
    downloads = re.findall(rf'href="(/proposals/{proposal_id}/{kind}[^"]*)"', text)
    assert len(downloads) == 2
    for address in downloads:
        assert client.get(address).status_code == 200, address


def test_the_page_of_plans_says_which_schools_move(client: TestClient, proposal_id: str) -> None:
    page = open_answer(client, f"/browse/proposals/{proposal_id}/plans", count=2).text
    (row,) = re.findall(r"<tr>(<th scope=\"row\">E4.*?)</tr>", page)
    assert re.findall(r"<td>(.*?)</td>", row) == ["Zone of West High", "Zone of East High"]
    assert {WEST, EAST} == {"0010", "0011"}


def test_a_trade_off_leaves_out_sizes_below_the_least(client: TestClient, dataset_id: str) -> None:
    own = ask_for_zones(client, dataset_id, identification=RULE, minimum_schools=4)["id"]
    page = open_answer(client, f"/browse/proposals/{own}/trade-off")
    assert page.status_code == 200
    assert page.text.count("<tbody>") == 1
    assert len(re.findall(r"<tr><td", page.text)) == 4 * 5
    answer = client.get(f"/proposals/{own}/trade-off").json()
    assert answer["options"]["maximum_schools"] == [5, 8, 12, 15]
    assert len(answer["rows"]) == 4 * 5


def test_what_cannot_be_proved_is_not_offered(client: TestClient, dataset_id: str) -> None:
    own = f"/browse/proposals/{ask_for_zones(client, dataset_id, identification=RULE, method='greedy')['id']}"
    offered = re.findall(rf'href="{own}/([\w-]+)"', client.get(own).text)
    before = ["matches", "year-plans", "trade-off", "stability", "persistence"]
    assert offered == [*before, "readiness", "progress", "conditions"]
    refused = open_answer(client, f"{own}/plans")
    assert "Analysis failed" in refused.text
    assert "method=exact" in refused.text
    assert refused.headers["content-type"].startswith("text/html")


def test_a_plan_as_given_offers_nothing_else(client: TestClient, dataset_id: str) -> None:
    files = [("plan", ("plan.csv", b"school_id,zone\n0010,a\n0007,a\n0008,a\n", "text/csv"))]
    plan = client.post(f"/datasets/{dataset_id}/plans", files=files).json()["id"]
    assert "how certain" not in client.get(f"/browse/proposals/{plan}").text
    assert client.get("/browse/proposals/nothing/plans").status_code == 404


def test_pages_do_not_mind_what_else_an_address_says(client: TestClient, proposal_id: str) -> None:
    assert client.get(f"/browse/proposals/{proposal_id}?from=mail").status_code == 200
