"""Over HTTP nothing shows what is in a column of counts, unless whoever uploads the file names it as a list."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.examples.service_requests import toy_uploads
from tests.examples.toy_district import toy_schools

COUNTS = ["7", "8", "d8", "*", "seven", *["Hidden word"] * 6]


def dataset_of(client: TestClient, *read: str) -> str:
    uploads = toy_uploads(schools=toy_schools().assign(homeless=COUNTS))
    answer = client.post("/datasets", files=uploads, data={"read": list(read)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("value", ["7", "Hidden word", "sevn"])
def test_no_answer_lists_or_finds_what_is_in_a_column_of_counts(client: TestClient, value: str) -> None:
    dataset = dataset_of(client)
    rule = f"official:homeless={value}"
    answers = [
        client.get(f"/datasets/{dataset}"),
        client.get(f"/browse/datasets/{dataset}"),
        client.get(f"/browse/datasets/{dataset}/identification"),
        client.post(f"/datasets/{dataset}/identification", json={"rule": rule}),
        client.post(
            "/proposals",
            json={"dataset_id": dataset, "parameters": {"identification": rule}},
            headers={"Prefer": "wait=60"},
        ),
    ]
    assert [each.status_code for each in answers] == [200, 200, 200, 422, 422]
    told = [each.text.replace(rule, "") for each in answers]
    assert not [text for text in told if "Hidden word" in text or '"d8"' in text]
    assert all("columns that can serve: designation." in text for text in told[3:])


def test_a_column_that_is_named_as_a_list_is_one(client: TestClient) -> None:
    dataset = dataset_of(client, "schools.csv:official_lists=homeless")
    lists = client.get(f"/datasets/{dataset}").json()["report"]["facts"]["official_list_columns"]
    assert lists["homeless"] == sorted(set(COUNTS))
    answer = client.post(f"/datasets/{dataset}/identification", json={"rule": "official:homeless=nothing"})
    assert "Hidden word" in answer.json()["problems"][0]["message"]
