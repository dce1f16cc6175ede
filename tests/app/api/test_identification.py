"""Identification rules over HTTP: those that ship, rules of one's own, and what they say of a dataset."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from clustering import (
    compare_rules,
    decisions_table,
    follow_cycles,
    identification_document,
    identify_schools,
    json_bytes,
    list_presets,
    read_rule,
    rule_comparison_document,
    rule_schema,
    table_bytes,
    write_rule,
)
from tests.examples.service_requests import ask_for_zones, toy_uploads
from tests.examples.toy_district import EAST, WEST, toy_scenario, toy_schools

RULE = "graduation_rate<0.67"


def ask(client: TestClient, dataset_id: str, part: str = "identification", **question: Any) -> dict[str, Any]:
    answer = client.post(f"/datasets/{dataset_id}/{part}", json=question)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refused(client: TestClient, address: str, **question: Any) -> list[dict[str, Any]]:
    answer = client.post(address, json=question)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "stored" not in answer.json()["detail"]
    return list(answer.json()["problems"])


def test_the_rules_that_ship_are_listed_and_shown_in_full(client: TestClient) -> None:
    listed = client.get("/rules").json()
    assert [rule["id"] for rule in listed] == list_presets().index.tolist()
    one = client.get("/rules/bie_csi_graduation").json()
    assert one == write_rule(read_rule("bie_csi_graduation"))
    assert one["measure"] == ["graduation_3year", "graduation_4year"]
    assert client.get("/rules/nothing").status_code == 404
    assert client.get("/rules/schema").json() == rule_schema()


def test_a_rule_is_checked_and_written_in_full(client: TestClient) -> None:
    given = {"preset": "essa_csi_graduation", "comparator": "le", "exclude": ["closed", "alternative"]}
    whole = client.post("/rules/check", json=given).json()
    assert (whole["comparator"], whole["threshold"], whole["exclude"]) == ("le", 0.67, ["closed", "alternative"])
    # What comes out goes in again, and is the same rule.
    assert client.post("/rules/check", json=whole).json() == whole
    assert client.post("/rules/check", json="graduation_rate<=60%").json()["threshold"] == 0.6


def test_every_field_that_cannot_be_used_is_named_at_once(client: TestClient) -> None:
    answer = client.post("/rules/check", json={"years": 50, "treshold": 0.5, "exit": {"checked": "never"}})
    assert answer.status_code == 422
    problems = answer.json()["problems"]
    assert sorted(problem["column"] for problem in problems) == ["exit.checked", "treshold", "years"]
    assert {problem["table"] for problem in problems} == {"rule"}
    assert "stored" not in answer.json()["detail"]


@pytest.mark.parametrize("depth", [100, 900, 3_000, 100_000])
def test_deep_json_is_refused(client: TestClient, dataset_id: str, depth: int) -> None:
    deep = '{"measure":' + "[" * depth + "]" * depth + "}"
    headers = {"Content-Type": "application/json"}
    for address, body in (
        ("/rules/check", deep),
        (f"/datasets/{dataset_id}/identification", f'{{"rule":{deep}}}'),
        ("/proposals", f'{{"dataset_id":"{dataset_id}","parameters":{{"identification":{deep}}}}}'),
    ):
        answer = client.post(address, content=body, headers=headers)
        assert answer.status_code in (400, 422), answer.text
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("rule", [{"title": "x" * 20_001}, "x" * 20_001, 5, [], True, {"threshold": "NaN"}, "", "{"])
def test_what_is_no_rule_is_refused(client: TestClient, dataset_id: str, rule: object) -> None:
    (problem,) = refused(client, f"/datasets/{dataset_id}/identification", rule=rule)
    assert problem["table"] == "rule"
    assert problem["remedy"]


def test_the_service_identifies_as_the_library_does(client: TestClient, dataset_id: str) -> None:
    address = f"/datasets/{dataset_id}/identification"
    found = identify_schools(toy_scenario(), RULE)
    document = client.post(address, json={"rule": RULE})
    assert document.headers["link"] == f'</datasets/{dataset_id}>; rel="describedby"'
    body = document.json()
    assert body["counts"] == {"certain": 1, "possible": 0, "unknown": 0, "no": 1, "excluded": 0, "identified": 1}
    assert [(school["school_id"], school["certainty"]) for school in body["schools"]] == [
        (WEST, "certain"),
        (EAST, "no"),
    ]
    assert body["provenance"].pop("files") != []  # which are tables of a notebook here
    expected = identification_document(found)
    expected["provenance"].pop("files")
    assert json_bytes(body) == json_bytes(expected)
    table = client.post(address, json={"rule": RULE, "only": ["certain"]}, headers={"Accept": "text/csv"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"].endswith('-protected.csv"')
    assert table.content == table_bytes(decisions_table(found, only=["certain"]))


def test_schools_are_listed_by_answer_and_by_place(client: TestClient, dataset_id: str) -> None:
    second = ask(client, dataset_id, rule=RULE, start=1, limit=1)
    assert ([school["school_id"] for school in second["schools"]], second["school_count"]) == ([EAST], 2)
    assert ask(client, dataset_id, rule=RULE, only=["unknown"])["schools"] == []


def test_a_rule_as_an_object_is_the_same_as_text(client: TestClient, dataset_id: str) -> None:
    as_object = {"years": "newest", "threshold": 0.67, "title": "Graduation rate < 0.67"}
    one, other = (ask(client, dataset_id, rule=rule) for rule in (as_object, RULE))
    assert one == other


def test_two_rules_are_compared(client: TestClient, dataset_id: str) -> None:
    body = ask(client, dataset_id, "rule-comparisons", first=RULE, second="official:designation=CSI")
    assert body["changes"] == {"gained": 1, "lost": 0, "both": 1, "neither": 0}
    expected = rule_comparison_document(compare_rules(toy_scenario(), RULE, "official:designation=CSI"))
    assert body["schools"] == expected["schools"]
    address = f"/datasets/{dataset_id}/rule-comparisons?f=csv"
    rows = csv.DictReader(
        io.StringIO(
            client.post(address, json={"first": RULE, "second": "graduation_rate<0.9", "only": ["gained"]}).text
        )
    )
    assert [(row["school_id"], row["change"]) for row in rows] == [(EAST, "gained")]


def test_problems_of_both_rules_come_at_once_and_say_whose_they_are(client: TestClient, dataset_id: str) -> None:
    problems = refused(
        client, f"/datasets/{dataset_id}/rule-comparisons", first={"years": 50}, second={"average": "odd"}
    )
    assert [(each["table"], each["column"]) for each in problems] == [("first", "years"), ("second", "average")]


def test_schools_are_followed_over_the_years(client: TestClient) -> None:
    rates = (
        b"school_id,school_year,graduation_rate\n0010,2018-19,55\n0011,2018-19,80\n0010,2019-20,90\n0011,2019-20,60\n"
    )
    files = [
        *toy_uploads(schools=toy_schools().drop(columns="graduation_rate")),
        ("performance", ("rates.csv", rates, "text/csv")),
    ]
    own = client.post("/datasets", files=files).json()["id"]
    body = ask(client, own, "cycles", rule={"threshold": 0.67})
    moves = {(row["school_id"], row["year"]): row["movement"] for row in body["schools"]}
    assert moves == {(WEST, 2018): "enters", (WEST, 2019): "leaves", (EAST, 2018): None, (EAST, 2019): "enters"}
    table = client.post(f"/datasets/{own}/cycles?f=csv", json={"rule": {"threshold": 0.67}, "years": [2019]})
    assert [row["movement"] for row in csv.DictReader(io.StringIO(table.text))] == ["", "enters"]
    # Rates are of 2018 and 2019: another year is a problem of the field.
    (problem,) = refused(client, f"/datasets/{own}/identification", rule={"threshold": 0.67}, year=2001)
    assert problem["column"] == "year"
    assert "2018, 2019" in problem["remedy"]


@pytest.mark.parametrize("part", ["identification", "rule-comparisons", "cycles"])
def test_exact_counts_are_refused_and_unknown_datasets_are_not_found(
    client: TestClient, dataset_id: str, part: str
) -> None:
    rules = {"first": RULE, "second": RULE} if part == "rule-comparisons" else {"rule": RULE}
    answer = client.post(f"/datasets/{dataset_id}/{part}", json={**rules, "disclosure": "exact"})
    assert answer.status_code == 403
    assert client.post(f"/datasets/none/{part}", json=rules).status_code == 404


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"rule": RULE, "year": 12},
        {"rule": RULE, "only": ["perhaps"]},
        {"rule": RULE, "start": -1},
        {"rule": RULE, "limit": "many"},
        {"rule": RULE, "disclosure": "some"},
        {"rule": RULE, "threshold": 0.5},
    ],
)
def test_questions_that_are_not_well_formed_are_refused(
    client: TestClient, dataset_id: str, question: dict[str, Any]
) -> None:
    assert refused(client, f"/datasets/{dataset_id}/identification", **question)


def test_a_list_that_the_files_lack_is_told_with_those_they_have(client: TestClient, dataset_id: str) -> None:
    (problem,) = refused(client, f"/datasets/{dataset_id}/identification", rule="official:tier=1")
    assert "designation" in problem["message"]


def test_a_proposal_takes_a_rule_as_an_object(client: TestClient, dataset_id: str) -> None:
    # East graduates 80 per cent: below 90, not below 67.
    rule = {"preset": "essa_csi_graduation", "threshold": 0.9, "years": "newest"}
    proposal = ask_for_zones(client, dataset_id, identification=rule)["proposal"]
    assert [zone["anchor_id"] for zone in proposal["zones"]] == [WEST, EAST]
    problems = refused_proposal(client, dataset_id, {"threshold": 7, "year": 1})
    assert sorted(problem["column"] for problem in problems) == ["identification.threshold", "identification.year"]


def refused_proposal(client: TestClient, dataset_id: str, rule: object) -> list[dict[str, Any]]:
    request = {"dataset_id": dataset_id, "parameters": {"identification": rule}}
    answer = client.post("/proposals", json=request)
    assert answer.status_code == 422, answer.text
    return list(answer.json()["problems"])


def test_small_cohorts_are_told_nowhere(client: TestClient) -> None:
    schools = toy_schools().rename(columns={"graduation_rate": "ALL_RATE_1415"})
    schools["ALL_COHORT_1415"] = [""] * 9 + ["7", "123"]
    own = client.post("/datasets", files=toy_uploads(schools=schools)).json()["id"]
    body = ask(client, own, rule=RULE)
    west, east = body["schools"]
    assert (west["students"], east["students"]) == (None, None)
    assert (east["students_at_least"], east["students_at_most"]) == (100, 299)
    assert "123" not in east["explanation"]


def test_exact_sizes_are_told_where_the_service_allows_it(tmp_path: Path) -> None:
    schools = toy_schools().rename(columns={"graduation_rate": "ALL_RATE_1415"})
    schools["ALL_COHORT_1415"] = [""] * 9 + ["7", "123"]
    settings = Settings(data_directory=tmp_path, allow_exact=True)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        own = client.post("/datasets", files=toy_uploads(schools=schools)).json()["id"]
        body = ask(client, own, rule=RULE, disclosure="exact")
        table = client.post(f"/datasets/{own}/identification?f=csv", json={"rule": RULE, "disclosure": "exact"})
    assert [school["students"] for school in body["schools"]] == [7, 123]
    assert body["provenance"]["disclosure"] == "exact"
    assert table.headers["content-disposition"].endswith('-exact-not-for-release.csv"')


def test_cycles_are_those_of_the_library(client: TestClient, dataset_id: str) -> None:
    answer = client.post(f"/datasets/{dataset_id}/cycles", json={"rule": {"threshold": 0.67}})
    # The toy district's rates are of no year, so nothing can be followed, here or there.
    with pytest.raises(ValueError, match="No school year has rates"):
        follow_cycles(toy_scenario(), read_rule({"threshold": 0.67}))
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["column"] == "measure"
