"""A second cut of the same students is noticed: refused, put in the place of the first, or released on the record."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from tests.examples.service_requests import Upload, ask_for_zones, running_service, toy_uploads, upload
from tests.examples.toy_district import toy_flows, toy_schools

pytestmark = pytest.mark.usefixtures("one_process")

DECISION = {"by": "The data steward", "why": "The file was corrected."}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service in which nobody may release, with the toy district."""
    with running_service(tmp_path_factory.mktemp("plain")) as client:
        assert sent(client, toy_uploads(), name="Toy").status_code == 201
        yield client


@pytest.fixture
def releasing(tmp_path: Path) -> Iterator[TestClient]:
    """A service in which users may release, with the toy district."""
    with running_service(tmp_path, allow_release=True) as client:
        assert sent(client, toy_uploads(), name="Toy").status_code == 201
        yield client


def sent(client: TestClient, files: list[Upload], **data: str) -> Any:
    return client.post("/datasets", files=files, data=data)


def first_id(client: TestClient) -> str:
    return str(next(each["id"] for each in client.get("/datasets").json() if each["name"] == "Toy"))


def corrected() -> pd.DataFrame:
    """The flows with one student more in one cell."""
    flows = toy_flows()
    flows.loc[0, "students"] = str(int(flows.loc[0, "students"]) + 1)
    return flows


def pooled() -> pd.DataFrame:
    return toy_flows().drop(columns="school_year")


def part() -> pd.DataFrame:
    return toy_flows()[:1]


def other_year() -> pd.DataFrame:
    return toy_flows().assign(school_year="2018-19")


def other_schools() -> list[Upload]:
    flows = toy_flows()
    for name in ("origin", "destination"):
        flows[name] = "9" + flows[name]
    return toy_uploads(toy_schools().assign(school_id="9" + toy_schools()["school_id"]), flows)


@pytest.mark.parametrize("cut", [corrected, pooled, part], ids=["corrected", "years pooled", "a part"])
def test_another_cut_of_the_same_students_is_refused(plain: TestClient, cut: Any) -> None:
    before = plain.get("/datasets").json()
    response = sent(plain, toy_uploads(flows=cut()))
    assert response.status_code == 409
    (known,) = response.json()["second_cut_of"]
    # One origin and one destination of the first row; 11 schools of the whole table.
    assert known["schools"] == (2 if cut is part else 11)
    assert (known["dataset_id"], known["name"], known["years"]) == (first_id(plain), "Toy", [2022])
    assert known["has_unknown_years"] is (cut is pooled)
    (problem,) = response.json()["problems"]
    assert "2022-23" in problem["message"]
    assert "The remedy says what can be done next." in response.json()["detail"]
    for remedy in (f"Use the dataset {first_id(plain)}", "such as NC-0001", "FEEDER_ZONES_ALLOW_RELEASE"):
        assert remedy in problem["remedy"]
    assert plain.get("/datasets").json() == before


def test_schools_of_another_state_are_kept_once_their_identifiers_say_so(tmp_path: Path) -> None:
    with running_service(tmp_path) as client:
        assert sent(client, toy_uploads()).status_code == 201
        assert sent(client, toy_uploads(flows=corrected())).status_code == 409
        schools, flows = toy_schools(), corrected()
        for table, columns in ((schools, ["school_id"]), (flows, ["origin", "destination"])):
            table[columns] = "NC-" + table[columns]
        assert sent(client, toy_uploads(schools, flows)).status_code == 201


def test_the_same_files_lead_to_the_registered_dataset(plain: TestClient) -> None:
    shuffled = toy_flows().sample(frac=1, random_state=1)
    for files in (toy_uploads(), toy_uploads(flows=shuffled)):
        again = sent(plain, files, name="Another name")
        assert again.status_code == 200
        assert (again.json()["id"], again.json()["name"]) == (first_id(plain), "Toy")
        assert again.headers["location"] == f"/datasets/{first_id(plain)}"
        held = plain.get(f"/datasets/{first_id(plain)}").json()
        since = f'held already, since {held["created_at"][:10]}, under the name "Toy"'
        assert (since in again.json()["notice"], held["notice"]) == (True, None)
        page = plain.post("/browse/datasets", files=files, data={"name": "Another name"})
        assert since in html.unescape(page.text)
        assert "held already" not in plain.get(f"/browse/datasets/{first_id(plain)}").text


def test_other_years_and_other_schools_are_other_students(plain: TestClient) -> None:
    for files in (toy_uploads(flows=other_year()), other_schools()):
        response = sent(plain, files)
        assert response.status_code == 201, response.text
        assert plain.delete(f"/datasets/{response.json()['id']}").status_code == 204


def test_the_same_flows_with_other_rates_are_no_other_cut(plain: TestClient) -> None:
    renamed = toy_schools().assign(name=lambda table: table["name"] + " School")
    response = sent(plain, toy_uploads(renamed))
    assert response.status_code == 201, response.text
    assert plain.delete(f"/datasets/{response.json()['id']}").status_code == 204


def test_what_nobody_may_decide_is_refused_before_the_files_are_read(plain: TestClient) -> None:
    for choice in ("release", "replace"):
        response = sent(plain, [upload("schools", b"no table")], second_cut=choice, **DECISION)
        assert response.status_code == 403
    assert sent(plain, toy_uploads(), second_cut="ignore").status_code == 422


def test_the_page_says_what_the_files_are_a_second_cut_of(plain: TestClient) -> None:
    page = plain.post("/browse/datasets", files=toy_uploads(flows=corrected()), follow_redirects=False)
    assert page.status_code == 409
    assert "From two cuts of the same students, small counts can be worked out" in page.text
    assert "second_cut" in page.text


def test_a_deleted_dataset_is_still_a_first_cut(tmp_path: Path) -> None:
    with running_service(tmp_path) as client:
        first = sent(client, toy_uploads()).json()["id"]
        links = ask_for_zones(client, first, identification="official:designation=CSI")["links"]["links"]
        text = client.get(links).text
        client.delete(f"/datasets/{first}")
        refused = sent(client, toy_uploads(flows=corrected()))
        assert refused.status_code == 409
        (known,) = refused.json()["second_cut_of"]
        assert known["name"] is None
        assert known["deleted_at"] is not None
        (problem,) = refused.json()["problems"]
        assert "are in a dataset that was deleted on 20" in problem["message"]
    with running_service(tmp_path) as client:  # a restart forgets nothing either
        assert sent(client, toy_uploads(flows=pooled())).status_code == 409
        again = sent(client, toy_uploads())
        assert again.status_code == 201
        answer = ask_for_zones(client, again.json()["id"], identification="official:designation=CSI")
        assert client.get(answer["links"]["links"]).text == text


def test_a_second_cut_is_released_on_the_record(releasing: TestClient) -> None:
    files = toy_uploads(flows=corrected())
    assert sent(releasing, files, second_cut="release", by="Me", why=" ").status_code == 422
    response = sent(releasing, files, second_cut="release", **DECISION)
    assert response.status_code == 201, response.text
    assert len(releasing.get("/datasets").json()) == 2
    (row,) = releasing.get("/ledger").json()
    assert (row["act"], row["by"], row["why"]) == ("second cut released", DECISION["by"], DECISION["why"])
    assert row["dataset_id"] == response.json()["id"]
    assert row["content"]["second_cut_of"][0]["dataset_id"] == first_id(releasing)
    assert "students" not in str(row["content"])


def test_a_second_cut_takes_the_place_of_the_first(releasing: TestClient) -> None:
    old = first_id(releasing)
    proposal = ask_for_zones(releasing, old, identification="official:designation=CSI")["id"]
    new = sent(releasing, toy_uploads(flows=corrected()), second_cut="replace", **DECISION)
    assert new.status_code == 201, new.text
    assert [each["id"] for each in releasing.get("/datasets").json()] == [new.json()["id"]]
    assert releasing.get(f"/proposals/{proposal}").status_code == 404
    assert releasing.get("/ledger").json()[0]["act"] == "dataset replaced"
    # The first cut was seen: it does not come back unnoticed.
    assert sent(releasing, toy_uploads()).status_code == 409


def test_confirmed_rows_of_a_crosswalk_are_no_second_cut_but_the_marked_file_is(plain: TestClient) -> None:
    flows = pd.concat([toy_flows(), toy_flows()[1:2].assign(destination="0907", students="8")])
    flows = flows.assign(school_year="2016-17")
    names = toy_schools().set_index("school_id")["name"]
    flows["school_name"] = flows["origin"].map(names)
    flows["new_school_name"] = flows["destination"].map({**names, "0907": "Oak Middle"})
    dataset = sent(plain, [toy_uploads()[0], upload("flows", flows)]).json()
    place = [row["old_id"] for row in dataset["report"]["crosswalk"]].index("0907")
    address = f"/datasets/{dataset['id']}/crosswalk"
    made = plain.post(address, json={"confirmed": [place]})
    assert made.status_code == 201, made.text
    again = plain.post(address, json={"confirmed": [place]})
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    marked = plain.get(address).text.replace("\nno,0907", "\nyes,0907").encode()
    files = [toy_uploads()[0], upload("flows", flows), upload("crosswalk", marked)]
    assert sent(plain, files).status_code == 409


def rates(graduates: int) -> Upload:
    """Of a cohort of 25: fewer than 8 look the same to staff (under 30 per cent)."""
    table = pd.DataFrame(
        [("0010", "2021-22", graduates, 25)], columns=["school_id", "school_year", "graduates", "cohort"]
    )
    return upload("performance", table.astype("str"), "rates.csv")


@pytest.mark.parametrize("flows", [toy_flows(), other_year()])
def test_an_upload_does_not_answer_guesses_at_a_rate(tmp_path: Path, flows: pd.DataFrame) -> None:
    # With the promotions that are registered, or with others, so that only the rate is compared.
    with running_service(tmp_path) as client:
        assert sent(client, [*toy_uploads(), rates(3)], name="Toy").status_code == 201
        answers = [sent(client, [*toy_uploads(flows=flows), rates(guess)]) for guess in (2, 3, 7, 20)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[1:3] == [200, 200]
    assert statuses[0] in (200, 201)  # the first of other promotions is kept
    assert statuses[3] == 409
