"""Disclosure policies over HTTP: those that ship, and one of a state's own."""

from __future__ import annotations

from starlette.testclient import TestClient

from clustering import parse_policy, policy_document, policy_hash, policy_presets, policy_schema


def test_the_policies_that_ship_are_listed_and_shown_in_full(client: TestClient) -> None:
    listed = client.get("/disclosure-policies").json()
    assert [each["name"] for each in listed] == [policy.name for policy in policy_presets()]
    assert all(each["hash"] == policy_hash(parse_policy(each["policy"])) for each in listed)
    assert client.get("/disclosure-policies/delaware").json() == policy_document(parse_policy("delaware"))
    assert client.get("/disclosure-policies/schema").json() == policy_schema()
    assert client.get("/disclosure-policies/none").status_code == 404


def test_a_policy_of_ones_own_is_written_in_full_or_refused_field_by_field(client: TestClient) -> None:
    whole = client.post("/disclosure-policies/check", json={"preset": "delaware", "minimum_students": 16}).json()
    assert (whole["minimum_students"], whole["rate_bands"][-1]) == (16, {"students_from": 16, "points_wide": 20})
    assert client.post("/disclosure-policies/check", json=whole).json() == whole
    answer = client.post("/disclosure-policies/check", json={"minimum_students": 2, "methods": ["pooled"]})
    assert answer.status_code == 422
    assert {problem["column"] for problem in answer.json()["problems"]} == {"minimum_students", "methods[0]"}
    assert client.post("/disclosure-policies/check", json="delaware").status_code == 422
