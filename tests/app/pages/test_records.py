"""The pages of records, as the service writes them."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.pages.record_forms import FORMS
from tests.examples.service_requests import upload
from tests.examples.toy_district import WEST
from tests.examples.zone_records import another_zone

WHO = {"by": "Ann Lee", "why": "Signed"}
HOSTILE = "<img src=x onerror=alert(1)>{{11111*7}}{% raw %}"


@pytest.fixture
def record_id(client: TestClient) -> str:
    response = client.post("/records", json={**WHO, "zone": another_zone()})
    assert response.status_code == 201, response.text
    return str(response.json()["record_id"])


def send(client: TestClient, record_id: str, kind: str, seen: int = 1, **fields: Any) -> Any:
    return client.post(f"/browse/records/{record_id}/change?kind={kind}", data={"seen": seen, **WHO, **fields})


def record_now(client: TestClient, record_id: str) -> dict[str, Any]:
    return dict(client.get(f"/records/{record_id}").json())


def test_a_record_is_begun_from_the_page_of_a_proposal(client: TestClient, proposal_id: str) -> None:
    own = f"/browse/proposals/{proposal_id}/zones/zone-{WEST}/record"
    assert f'href="{own}"' in client.get(f"/browse/proposals/{proposal_id}").text
    assert client.get(own).status_code == 200
    refused = client.post(own, data={"by": "", "why": "Reason typed"})
    assert refused.status_code == 422
    assert "Reason typed" in refused.text
    begun = client.post(own, data={**WHO, "checklist": "miami_school_improvement_zone"})
    assert begun.status_code == 303
    assert begun.headers["Location"] in client.get(f"/browse/proposals/{proposal_id}").text
    assert "There is a record of this Zone already" in client.get(own).text
    page = client.get(begun.headers["Location"]).text
    assert "6 required conditions are missing for protected" in page
    assert "Longer school day (time): not asked for yet." in html.unescape(page)


def test_the_list_has_every_record_with_its_stage_and_what_is_missing(client: TestClient, record_id: str) -> None:
    page = client.get("/browse/records").text
    row = page[page.index(record_id) :].partition("</tr>")[0]
    assert "proposed" in row
    assert "11: Limits on hiring" in row
    assert "/browse/records" in client.get("/").text


@pytest.mark.parametrize("kind", FORMS)
def test_every_form_is_shown_with_the_revision(client: TestClient, record_id: str, kind: str) -> None:
    page = client.get(f"/browse/records/{record_id}/change?kind={kind}")
    assert page.status_code == 200
    assert '<input type="hidden" name="seen" value="1">' in page.text


def test_a_condition_is_recorded_and_changed_by_its_form(client: TestClient, record_id: str) -> None:
    fields = {"condition_id": "time-calendar", "state": "asked", "holder": "Board", "asked_on": "2026-01-05"}
    assert send(client, record_id, "condition", **fields).status_code == 303
    form = client.get(f"/browse/records/{record_id}/change?kind=condition&condition_id=time-calendar").text
    assert 'value="Board"' in form
    # What may not follow is not offered: what was asked for is not in force before it was agreed.
    assert re.findall(r"<option[^>]*>([a-z ]+)</option>", form) == ["asked", "negotiating", "agreed", "lapsed"]
    assert send(client, record_id, "condition", 2, **{**fields, "state": "agreed", "until": ""}).status_code == 303
    (condition,) = record_now(client, record_id)["conditions"]
    assert (condition["state"], condition["holder"], condition["until"]) == ("agreed", "Board", None)


def test_the_contract_is_set_by_its_form(client: TestClient, record_id: str) -> None:
    fields = {
        "partner": "Mastery",
        "starts_on": "2026-08-31",
        "ends_on": "",
        "reviews_on": "",
        "consequences": "Another partner\r\nThe school closes\r\n",
        "benchmark_by_on": ["2028-02-29", "", ""],
        "benchmark_measure": ["Graduation rate", "", ""],
        "benchmark_target": ["at least 60%", "", ""],
    }
    assert send(client, record_id, "contract", **fields).status_code == 303
    contract = record_now(client, record_id)["contract"]
    assert contract["consequences"] == ["Another partner", "The school closes"]
    assert contract["benchmarks"] == [{"by_on": "2028-02-29", "measure": "Graduation rate", "target": "at least 60%"}]
    page = client.get(f"/browse/records/{record_id}").text
    assert "2028-02-29, 2029-08-31" in page
    refused = send(client, record_id, "contract", 2, **{**fields, "benchmark_target": ["", "half a row", ""]})
    assert refused.status_code == 422
    assert "half a row" in refused.text


def test_a_refused_step_says_what_is_missing_and_keeps_what_was_typed(client: TestClient, record_id: str) -> None:
    assert send(client, record_id, "stage", to="designated").status_code == 303
    refused = send(client, record_id, "stage", 2, to="protected", exception="")
    assert refused.status_code == 422
    assert "Curriculum and instruction (program): not asked for yet." in refused.text
    assert "Ann Lee" in refused.text
    assert send(client, record_id, "stage", 2, to="protected", exception="The court").status_code == 303
    page = client.get(f"/browse/records/{record_id}").text
    assert "Protected by exception." in page
    assert "although the Zone is protected" in page


def test_two_editors_meet_and_the_second_sees_what_the_first_did(client: TestClient, record_id: str) -> None:
    assert send(client, record_id, "stage", to="designated", by="First editor").status_code == 303
    zone = record_now(client, record_id)["zone"]
    typed = {"name": "Typed name", "school_ids": "\r\n".join(zone["school_ids"]), "anchor_ids": zone["anchor_ids"][0]}
    conflict = send(client, record_id, "zone", **typed)
    assert conflict.status_code == 409
    assert "First editor" in conflict.text
    assert "<del>proposed</del> <ins>designated</ins>" in conflict.text
    assert 'value="Typed name"' in conflict.text
    assert '<input type="hidden" name="seen" value="2">' in conflict.text
    assert record_now(client, record_id)["zone"]["name"] == "West Zone"
    again = send(client, record_id, "zone", 2, **typed)
    assert again.status_code == 303
    now = record_now(client, record_id)
    assert (now["stage"], now["zone"]["name"]) == ("designated", "Typed name")


def test_after_a_conflict_saving_takes_nothing_of_the_other_away(client: TestClient, record_id: str) -> None:
    first = {"condition_id": "time-calendar", "state": "asked", "holder": "Board", "note": "One\r\nTwo"}
    assert send(client, record_id, "condition", **first).status_code == 303
    theirs = {**first, "state": "agreed", "holder": "District", "document_name": "MOU"}
    assert send(client, record_id, "condition", 2, **theirs).status_code == 303
    # Seen at revision 2: another holder and a day were typed, and the rest was left alone.
    conflict = send(client, record_id, "condition", 2, **{**first, "holder": "Union", "asked_on": "2026-01-05"})
    assert conflict.status_code == 409
    assert "Holder: the record has District now, and you gave Union." in conflict.text
    for shown in ('value="Union"', 'value="MOU"', 'value="2026-01-05"', "<option selected>agreed</option>"):
        assert shown in conflict.text, shown
    assert "Note:" not in conflict.text


def test_after_a_conflict_over_a_new_condition_the_state_of_the_second_editor_stays(
    client: TestClient, record_id: str
) -> None:
    theirs, own = ({"condition_id": "time-calendar", "state": state} for state in ("agreed", "asked"))
    assert send(client, record_id, "condition", **theirs).status_code == 303
    conflict = send(client, record_id, "condition", **own)  # as the blank form has it, and chosen all the same
    assert conflict.status_code == 409
    assert "State: the record has agreed now, and you gave asked." in conflict.text
    assert "<option selected>asked</option>" in conflict.text
    same = send(client, record_id, "condition", **theirs)
    assert same.status_code == 409
    assert "You both changed" not in same.text
    # Untouched conditions alone are not a clash: there the state that the record has is shown.
    other = send(client, record_id, "condition", condition_id="people-selection", state="asked")
    assert "You both changed" not in other.text


def test_after_a_conflict_over_a_contract_the_benchmarks_are_merged(client: TestClient, record_id: str) -> None:
    first = {"partner": "Mastery", "starts_on": "2026-08-31", "consequences": "Closed"}
    rows = {"benchmark_by_on": [""], "benchmark_measure": ["Rate"], "benchmark_target": ["60%"]}
    assert send(client, record_id, "contract", **first).status_code == 303
    assert send(client, record_id, "contract", 2, **first, **rows).status_code == 303
    conflict = send(client, record_id, "contract", 2, **{**first, "partner": "AUSL"})
    assert conflict.status_code == 409
    assert 'value="AUSL"' in conflict.text
    assert 'value="Rate"' in conflict.text
    assert "You both changed" not in conflict.text


def test_hostile_text_is_shown_as_text_and_only_web_addresses_become_links(client: TestClient, record_id: str) -> None:
    fields = {"condition_id": HOSTILE, "area": "money", "name": HOSTILE, "note": HOSTILE, "holder": HOSTILE}
    assert send(client, record_id, "condition", document_link="javascript:alert(1)", **fields).status_code == 303
    link = "https://docs.example/?a=1&b=2"
    assert send(client, record_id, "condition", 2, condition_id=HOSTILE, document_link=link).status_code == 303
    assert send(client, record_id, "stage", 3, to="ended", by=HOSTILE, why=HOSTILE).status_code == 303
    changed = f"/browse/records/{record_id}/change?kind=condition"
    page = client.get(f"/browse/records/{record_id}").text
    assert f'<a href="{html.escape(link)}" rel="noopener noreferrer">' in page
    (form,) = re.findall(rf'href="({re.escape(html.escape(changed))}[^"]+img[^"]+)"', page)
    for address in (f"/browse/records/{record_id}", "/browse/records", html.unescape(form)):
        page = client.get(address).text
        assert "<img" not in page
        assert "77777" not in page
        assert 'href="javascript' not in page


def test_a_new_condition_with_the_name_of_another_changes_nothing(client: TestClient, record_id: str) -> None:
    own = {"condition_id": "buses", "area": "money", "name": "Buses", "is_new": "yes"}
    assert send(client, record_id, "condition", **own).status_code == 303
    refused = send(client, record_id, "condition", 2, **own)
    assert refused.status_code == 422
    assert "The name is taken." in refused.text
    assert record_now(client, record_id)["revision"] == 2


def test_forms_that_are_not_whole_are_refused(client: TestClient, record_id: str) -> None:
    assert send(client, record_id, "stage", "x", to="ended").status_code == 422  # type: ignore[arg-type]
    assert send(client, record_id, "stage", 0, to="ended").status_code == 422
    assert send(client, record_id, "stage", 7, to="ended").status_code == 409
    assert client.post(f"/browse/records/{record_id}/change?kind=stage", data={}).status_code == 422
    assert client.post(f"/browse/records/{record_id}/change?kind=bogus", data={}).status_code == 404
    assert client.get(f"/browse/records/{record_id}/change?kind=bogus").status_code == 404
    assert client.get("/browse/records/none").status_code == 404
    assert client.post("/browse/records/none/change?kind=stage", data={"seen": "1"}).status_code == 404
    assert record_now(client, record_id)["revision"] == 1


def test_a_checklist_is_uploaded_and_shown(client: TestClient) -> None:
    own = upload("checklist", b"item_id,area,title\n1,time,Our own day\n", name="own.csv")
    sent = client.post("/browse/checklists", files=[own], data={"name": HOSTILE})
    assert sent.status_code == 303
    page = client.get(sent.headers["Location"]).text
    assert "Our own day" in page
    assert "<img" not in page
    faulty = upload("checklist", b"item_id,area,title\n1,tim,Day\n", name="own.csv")
    refused = client.post("/browse/checklists", files=[faulty])
    assert refused.status_code == 422
    assert "There is no such area." in refused.text
    assert "Delaware Partnership Zone" in client.get("/browse/checklists").text
