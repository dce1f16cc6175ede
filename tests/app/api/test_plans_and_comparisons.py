"""Plans of one's own and comparisons over HTTP and on pages."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from clustering import Proposal, compare_proposals, comparison_document, evaluate_plan, propose_zones, read_plan
from tests.examples.plans import BOTH, TODAY, plan_table
from tests.examples.service_requests import ask_for_zones, compute, open_answer, toy_uploads, upload, wait_for_job
from tests.examples.toy_district import EAST, ELM, WEST, toy_scenario
from tests.faulty_files.hostile_names import EVALUATED, HOSTILE_NAMES

pytestmark = pytest.mark.usefixtures("one_process")


def give_plan(
    client: TestClient, dataset_id: str, table: pd.DataFrame | None = None, **data: object
) -> dict[str, object]:
    files = [upload("plan", plan_table() if table is None else table, "today.csv")]
    response = client.post(f"/datasets/{dataset_id}/plans", files=files, data={"set": f"identification={BOTH}", **data})
    assert response.status_code == 201, response.text
    assert response.headers["location"] == f"/proposals/{response.json()['id']}"
    return dict(response.json())


def plan_by_library(**settings: object) -> Proposal:
    """The plan scored by the library, without the service; its numbers by hand are in ``plans``."""
    scenario = toy_scenario()
    return evaluate_plan(scenario, read_plan(plan_table(), scenario), {"identification": BOTH, **settings})


@pytest.fixture(scope="module")
def plan_id(client: TestClient, dataset_id: str) -> str:
    return str(give_plan(client, dataset_id)["id"])


def test_a_plan_is_kept_as_a_proposal(client: TestClient, dataset_id: str, plan_id: str) -> None:
    own = f"/proposals/{plan_id}"
    body = client.get(own).json()
    assert body["proposal"]["solution"] == {
        "method": "plan",
        "status": "given",
        "score": plan_by_library().solution.score,
        "bound": None,
        "gap": None,
    }
    # By hand, of the counts as they are: see ``plans``.
    by_hand = {WEST: (120 / 210, 60 / 170), EAST: (191.667 / 270, 100 / 150)}
    for zone in body["proposal"]["zones"]:
        for name, share in zip(("retention", "coverage"), by_hand[zone["anchor_id"]], strict=True):
            assert zone["metrics"][f"{name}_low"] <= share <= zone["metrics"][f"{name}_high"]
    assert plan_id in [each["id"] for each in client.get(f"/proposals?dataset_id={dataset_id}").json()]
    assert "Zones as given: Toy district" in client.get(f"{own}/map").text
    members = list(csv.DictReader(io.StringIO(client.get(f"{own}/members").text)))
    assert {row["school_id"] for row in members} == {school for schools in TODAY.values() for school in schools}
    for part in ("zones", "schools", "links"):
        assert client.get(f"{own}/{part}").status_code == 200


@pytest.mark.parametrize("form", ["members", "schools"])
@pytest.mark.parametrize("setting", ["shared_feeders=true", f"merge_anchors={EAST}+{WEST}"])
def test_the_tables_of_a_proposal_are_taken_as_a_plan(
    client: TestClient, dataset_id: str, setting: str, form: str
) -> None:
    name, value = setting.split("=")
    # The members of a plan are given, so no reading of the counts changes them.
    proposal = ask_for_zones(client, dataset_id, identification=BOTH, check_suppressed=False, **{name: value})
    table = client.get(f"/proposals/{proposal['id']}/{form}", headers={"Accept": "text/csv"}).content
    settings = [f"identification={BOTH}", "check_suppressed=false", setting]
    response = client.post(
        f"/datasets/{dataset_id}/plans", files=[("plan", (f"{form}.csv", table))], data={"set": settings}
    )
    assert response.status_code == 201, response.text
    plan = response.json()
    assert plan["proposal"]["zones"] == proposal["proposal"]["zones"]
    compared = compute(client, f"/proposals/{proposal['id']}/comparison/{plan['id']}").json()
    assert compared["moves"] == []
    assert compared["totals"]["difference"]["score"] == 0


def test_parameters_of_a_plan_are_given_as_for_one_shot(client: TestClient, dataset_id: str) -> None:
    proposal = give_plan(client, dataset_id, parameters=json.dumps({"leakage_weight": 1}))["proposal"]
    score = proposal["solution"]["score"]  # type: ignore[index]
    assert score == plan_by_library(leakage_weight=1).solution.score
    assert score != plan_by_library().solution.score


def test_all_faults_of_a_plan_come_at_once_and_nothing_is_kept(client: TestClient, dataset_id: str) -> None:
    before = client.get("/proposals").json()
    table = pd.concat([plan_table(), pd.DataFrame({"school_id": ["9999", "0001"], "Zone": ["west side", "east side"]})])
    files = [upload("plan", table, "today.csv")]
    response = client.post(f"/datasets/{dataset_id}/plans", files=files, data={"set": f"identification={BOTH}"})
    assert response.status_code == 422
    body = response.json()
    assert body["problem_count"] == 3
    assert {(each["table"], each["row"], each["value"]) for each in body["problems"]} == {
        ("today.csv", 11, "9999"),
        ("today.csv", 4, "west side"),
        ("today.csv", 12, "east side"),
    }
    assert client.get("/proposals").json() == before


@pytest.mark.parametrize(
    ("files", "data", "status"),
    [
        ([], {}, 422),
        ([("plan", ("a.csv", b"", "text/csv"))], {}, 422),
        ([upload("plan", plan_table(), "a.csv"), upload("plan", plan_table(), "b.csv")], {}, 422),
        ([upload("plan", plan_table(), "a.csv"), upload("schools", plan_table())], {}, 422),
        ([upload("plan", plan_table(), "a.csv")], {"set": "colour=blue"}, 422),
        ([upload("plan", plan_table(), "a.csv")], {"parameters": "["}, 422),
        ([upload("plan", plan_table(), "a.csv")], {"read": "other.csv:encoding=cp1252"}, 422),
        ([upload("plan", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a.csv")], {}, 422),
        ([upload("plan", plan_table(), "a.csv")], {"set": "disclosure=exact"}, 403),
    ],
)
def test_bad_plans_get_a_problem_document(
    client: TestClient, dataset_id: str, files: list[object], data: dict[str, str], status: int
) -> None:
    before = client.get("/proposals").json()
    response = client.post(f"/datasets/{dataset_id}/plans", files=files, data=data)  # type: ignore[arg-type]
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert client.get("/proposals").json() == before


def test_a_plan_for_no_dataset(client: TestClient) -> None:
    assert client.post("/datasets/none/plans", files=[upload("plan", plan_table(), "a.csv")]).status_code == 404


def test_two_proposals_are_compared(client: TestClient, plan_id: str, proposal_id: str) -> None:
    own = f"/proposals/{plan_id}/comparison/{proposal_id}"
    response = compute(client, own)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert client.get(own, headers={"If-None-Match": response.headers["etag"]}).status_code == 304
    comparison = response.json()
    assert {move["school_id"]: move["change"] for move in comparison["moves"]} == {
        "0003": "joins",
        "0004": "changes Zone",
        ELM: "joins",
    }
    plan, proposal = plan_by_library(), propose_zones(toy_scenario(), {"identification": BOTH})
    scores = [{zone.anchor_id: zone.metrics.score for zone in each.zones} for each in (plan, proposal)]
    expected = {anchor: scores[1][anchor] - scores[0][anchor] for anchor in (WEST, EAST)}
    assert {zone["anchor_id"]: zone["difference"]["score"] for zone in comparison["zones"]} == pytest.approx(
        expected, abs=1e-3
    )
    # Each of the four scores in it is rounded to 0.001 before.
    assert comparison["totals"]["difference"]["score"] == pytest.approx(sum(expected.values()), abs=2e-3)
    moves = client.get(own, params={"f": "csv"})
    assert moves.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["school_id"] for row in csv.DictReader(io.StringIO(moves.text))] == ["0003", "0004", ELM]
    assert client.get(own, headers={"Accept": "text/csv"}).content == moves.content
    zones = client.get(own, params={"f": "csv", "table": "zones"})
    differences = [float(row["score_difference"]) for row in csv.DictReader(io.StringIO(zones.text))]
    assert differences == pytest.approx([expected[WEST], expected[EAST]], abs=1e-3)
    assert client.get(own, params={"f": "csv", "table": "secrets"}).status_code == 422
    assert compute(client, f"/proposals/{plan_id}/comparison/none").status_code == 404
    assert compute(client, f"/proposals/none/comparison/{plan_id}").status_code == 404


def test_the_page_of_a_proposal_leads_to_a_comparison(client: TestClient, plan_id: str, proposal_id: str) -> None:
    page = client.get(f"/browse/proposals/{proposal_id}").text
    assert f'<option value="{plan_id}" ' in page
    assert f'<option value="{proposal_id}"' not in page
    shown = open_answer(client, f"/browse/proposals/{plan_id}/comparison", other_id=proposal_id)
    assert shown.status_code == 200
    text = " ".join(re.sub(r"<[^>]+>", " ", unescape(shown.text)).split())
    assert "2 schools join a Zone, 0 leave one and 1 changes Zone." in text
    compared = compare_proposals(plan_by_library(), propose_zones(toy_scenario(), {"identification": BOTH}))
    first, second, difference = comparison_document(compared)["totals"].values()
    assert f"Score {first['score']:.1f} {second['score']:.1f} {difference['score']:+.1f}" in text
    shares = f"{first['retention']:.0%} {second['retention']:.0%} {100 * difference['retention']:+.1f}"
    assert f"Retention {shares}" in text
    assert "Elm Middle 0008 middle joins a Zone outside West High Zone, feeder" in text


def test_a_plan_is_uploaded_on_the_page_of_a_proposal(client: TestClient, proposal_id: str) -> None:
    files = [upload("plan", plan_table(), "today.csv")]
    started = client.post(f"/browse/proposals/{proposal_id}/plans", files=files)
    assert started.status_code == 303
    wait_for_job(client, started.headers["location"].removeprefix("/browse"))
    response = client.get(started.headers["location"])
    assert response.headers["location"].endswith(f"/comparison?other_id={proposal_id}")
    assert client.get(response.headers["location"]).status_code == 200
    given = client.get(response.headers["location"].split("/comparison")[0].replace("/browse", "")).json()
    assert given["proposal"]["parameters"] == client.get(f"/proposals/{proposal_id}").json()["proposal"]["parameters"]
    wrong = client.post(f"/browse/proposals/{proposal_id}/plans", files=[upload("plan", b"school_id,zone\n9999,a\n")])
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text
    assert "There is no school with this identifier" in wrong.text


def test_exact_counts_are_compared_only_where_they_are_allowed(tmp_path: Path) -> None:
    def running(*, allow_exact: bool) -> TestClient:
        settings = Settings(data_directory=tmp_path, allow_exact=allow_exact)
        return TestClient(create_app(settings), base_url="http://127.0.0.1", follow_redirects=False)

    with running(allow_exact=True) as client:
        dataset_id = str(client.post("/datasets", files=toy_uploads()).json()["id"])
        protected = ask_for_zones(client, dataset_id, identification=BOTH)["id"]
        exact = ask_for_zones(client, dataset_id, identification=BOTH, disclosure="exact")["id"]
        comparison = compute(client, f"/proposals/{protected}/comparison/{exact}").json()
        assert not comparison["is_score_comparable"]
        assert comparison["notes"][0] == "The first has protected counts of students, the second exact ones."
    with running(allow_exact=False) as client:
        for first, second in ((protected, exact), (exact, protected)):
            assert compute(client, f"/proposals/{first}/comparison/{second}").status_code == 403
            assert compute(client, f"/proposals/{first}/comparison/{second}?f=csv").status_code == 403
            page = client.get(f"/browse/proposals/{first}/comparison", params={"other_id": second})
            assert page.status_code == 403
        assert f'<option value="{exact}">' not in client.get(f"/browse/proposals/{protected}").text


@pytest.mark.parametrize("name", HOSTILE_NAMES[:2] + HOSTILE_NAMES[18:20])
def test_no_text_of_a_plan_runs_on_a_page(client: TestClient, dataset_id: str, proposal_id: str, name: str) -> None:
    table = plan_table({f"{name} {label}": schools for label, schools in TODAY.items()}, role=["partner"] * 9)
    files = [("plan", (f"{name}.csv".replace('"', "'"), table.to_csv(index=False).encode(), "text/csv"))]
    response = client.post(f"/datasets/{dataset_id}/plans", files=files, data={"set": f"identification={BOTH}"})
    assert response.status_code == 201, response.text
    given = response.json()["id"]
    for path in (f"/browse/proposals/{given}", f"/browse/proposals/{given}/comparison?other_id={proposal_id}"):
        text = client.get(path).text
        assert "<script" not in text
        assert "<img" not in text
        assert EVALUATED not in text.replace(given, "")
    bad = client.post(
        f"/browse/proposals/{proposal_id}/plans", files=[upload("plan", pd.concat([table, table.assign(Zone=name)]))]
    )
    assert bad.status_code == 422
    assert "<script" not in bad.text
    client.delete(f"/proposals/{given}")
