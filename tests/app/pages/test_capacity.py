"""The pages of registers, matches and year plans, as the service writes them."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

from app.queries.capacity_kinds import CAPACITY_KINDS
from tests.examples.service_requests import open_answer, wait_for_job
from tests.examples.toy_register import PRAIRIE, register_uploads, toy_partners

pytestmark = pytest.mark.usefixtures("one_process")

PATHS = [kind.path for kind in CAPACITY_KINDS.values()]


def text_of(page: str) -> str:
    """What a person reads of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture(scope="module")
def register_id(client: TestClient) -> str:
    response = client.post("/browse/registers", files=register_uploads(), data={"name": "<b>Ours</b>"})
    assert response.status_code == 303, response.text
    return response.headers["location"].rpartition("/")[2]


def result_page(client: TestClient, address: str, form: dict[str, str]) -> str:
    """Send a form, wait for its job, and give the address of the result's page."""
    response = client.post(address, data=form)
    assert response.status_code == 303, text_of(response.text)
    job = response.headers["location"]
    assert wait_for_job(client, job.removeprefix("/browse"))["status"] == "succeeded"
    return client.get(job).headers["location"]


@pytest.fixture(scope="module")
def match_page(client: TestClient, proposal_id: str, register_id: str) -> str:
    amounts = {"budget_dollars": "$90,000,000", "cost_per_school_dollars": "750,000"}
    form = {"register_id": register_id, "need": "students", **amounts}
    return result_page(client, f"/browse/proposals/{proposal_id}/matches", form)


def test_a_register_is_shown_with_its_duties(client: TestClient, register_id: str) -> None:
    page = client.get(f"/browse/registers/{register_id}").text
    assert "<b>Ours" not in page
    text = text_of(page)
    for words in (
        "Prairie Partners P-1 2 9",
        "Kind organisation Approval by the state pre-qualified",
        "Cost $500,000 a school and year",
        "Growth none Ceiling of growth no limit Contract not stated",
        "P-2. Cannot be matched. The state has not approved it.",
        "Services tutoring",
        "Preferred district 01 (by the district)",
    ):
        assert words in text
    assert "<b>Ours</b>" in text_of(client.get("/browse/registers").text)


def test_what_is_doubtful_in_a_register_comes_first(client: TestClient) -> None:
    partners = toy_partners().assign(**{"<i>Start of work": "2027", "Notes": "", "cost_per_school": ["750", "75", ""]})
    own = client.post("/browse/registers", files=register_uploads(partners)).headers["location"]
    page = client.get(own).text
    text = text_of(page)
    column, cost = text.index("Column <i>Start of work : The column was not used."), text.index("The cost is outside")
    assert "looks like earliest_start" in text[column:cost]
    assert column < cost < text.index("Schools that each Lead Partner runs")
    assert "Notes not used" in text
    assert "<i>Start" not in page
    client.post(f"{own}/delete")


def test_a_register_with_faults_comes_back_with_all_of_them(client: TestClient) -> None:
    partners = toy_partners()
    partners.loc[0, "schools_now"], partners.loc[1, "approval"] = "<i>many</i>", "perhaps"
    response = client.post("/browse/registers", files=register_uploads(partners), data={"name": "Broken"})
    assert response.status_code == 422
    assert "<i>many" not in response.text
    assert "2 problems in the input." in text_of(response.text)
    assert 'value="Broken"' in response.text


@pytest.mark.parametrize("path", PATHS)
def test_the_proposal_leads_to_both_requests(client: TestClient, proposal_id: str, register_id: str, path: str) -> None:
    address = f"/browse/proposals/{proposal_id}/{path}"
    assert f'href="{address}"' in client.get(f"/browse/proposals/{proposal_id}").text
    page = client.get(address).text
    assert f'<option value="{register_id}"' in page
    assert "Blank is no limit." in page


def test_a_match_is_read_on_its_page(client: TestClient, match_page: str, proposal_id: str) -> None:
    page = client.get(match_page).text
    text = text_of(page)
    for words in (
        "With a Lead Partner from the fall of 2024: 1 of 2 Zones, 3,100 of 5,100 students, in 7 schools",
        "The match begins in the fall of 2024, which is past: today is ",
        "West High Zone zone-0010 Prairie Partners P-1",
        "East High Zone zone-0011 4 2,000",
        "Distant Partners P-2 20",
    ):
        assert words in text
    links = set(re.findall(r'href="(/matches/[^"]+)"', page))
    assert {client.get(link).status_code for link in links} == {200}
    assert len(links) == 8
    assert match_page in client.get(f"/browse/proposals/{proposal_id}/matches").text


def test_the_start_page_leads_to_matches(client: TestClient, match_page: str) -> None:
    page = client.get("/").text
    assert "Latest matches" in text_of(page)
    assert f'href="{match_page}"' in page
    asking = set(re.findall(r'href="(/browse/proposals/[^"]+/(?:matches|year-plans))"', page))
    assert sorted(each.rpartition("/")[2] for each in asking) == ["matches", "year-plans"]
    assert {client.get(each).status_code for each in asking} == {200}
    assert 'href="/browse/registers"' in page


def test_one_more_tells_of_what_gains_nothing_in_one_line(client: TestClient, match_page: str) -> None:
    page = open_answer(client, f"{match_page}/one-more").text
    rows = client.get(f"{match_page.removeprefix('/browse')}/one-more").json()["rows"]
    without = [each["sentence"] for each in rows if not each["need_gained"]]
    assert without
    folded = text_of(page.partition("<summary>")[2])
    assert "that" in folded
    assert "tried would bring nothing." in folded
    for sentence in without:
        assert sentence in folded
        assert sentence not in text_of(page.partition("<summary>")[0])


def test_a_button_asks_again_with_a_lock_and_another_lifts_it(client: TestClient, match_page: str) -> None:
    forbidden = result_page(client, f"{match_page}/locks", {"lock": "forbid_match", "value": f"zone-0010={PRAIRIE}"})
    page = client.get(forbidden).text
    assert "Must not be matched: zone-0010=P-1" in text_of(page)
    assert "With a Lead Partner from the fall of 2024: 1 of 2 Zones, 2,000 of 5,100 students" in text_of(page)
    lifted = result_page(client, f"{forbidden}/locks", {"lock": "none", "value": f"zone-0010={PRAIRIE}"})
    assert "3,100 of 5,100 students" in text_of(client.get(lifted).text)
    assert "3,100 of 5,100 students" in text_of(client.get(match_page).text)


def test_locks_that_cannot_be_kept_are_explained(client: TestClient, match_page: str) -> None:
    only = result_page(client, f"{match_page}/locks", {"lock": "force_served", "value": "zone-0011"})
    response = client.post(f"{only}/locks", data={"lock": "force_served", "value": "zone-0010"})
    job = response.headers["location"]
    assert wait_for_job(client, job.removeprefix("/browse"))["status"] == "failed"
    page = client.get(job).text
    assert "zone-0010" in text_of(page)
    assert "Match failed" in text_of(page)
    assert f"{match_page.rpartition('/')[0]}" not in client.get(job).headers.get("location", "")


def test_bad_parameters_keep_what_was_typed(client: TestClient, proposal_id: str, register_id: str) -> None:
    form = {"register_id": register_id, "budget_dollars": "<u>lots</u>", "more": "years=5"}
    response = client.post(f"/browse/proposals/{proposal_id}/matches", data=form)
    assert response.status_code == 422
    text = text_of(response.text)
    assert "2 problems in the input." in text
    assert "<u>lots" not in response.text
    assert 'value="&lt;u&gt;lots&lt;/u&gt;"' in response.text
    assert "years=5" in response.text


def test_a_plan_of_the_years_is_read_on_its_page(client: TestClient, proposal_id: str, register_id: str) -> None:
    address = f"/browse/proposals/{proposal_id}/year-plans"
    page = client.get(result_page(client, address, {"register_id": register_id, "years": "4", "growth": "on"})).text
    text = text_of(page)
    for words in ("Multi-year plan: Toy district", "Planned from fall", "Starts in fall", "East High Zone"):
        assert words in text
    links = set(re.findall(r'href="(/year-plans/[^"]+)"', page))
    assert {client.get(link).status_code for link in links} == {200}


def test_the_start_year_is_shown_where_nobody_chose_it(
    client: TestClient, match_page: str, proposal_id: str, register_id: str
) -> None:
    assert "Start year 2024-25, the first school year after the newest data" in text_of(client.get(match_page).text)
    address = f"/browse/proposals/{proposal_id}/year-plans"
    plan = result_page(client, address, {"register_id": register_id, "years": "4", "start_year": "2027"})
    text = text_of(client.get(plan).text)
    assert "Start year 2027-28 " in text
    assert "Asked for: start year 2027-28; years 4; no growth." in text
    assert "not used" not in text


def test_a_default_cost_is_marked(client: TestClient, proposal_id: str, match_page: str) -> None:
    assert "default cost, by school" not in text_of(client.get(match_page).text)
    partners = toy_partners().assign(cost_per_school="")
    register = client.post("/browse/registers", files=register_uploads(partners)).headers["location"]
    form = {"register_id": register.rpartition("/")[2], "name": "Without costs"}
    own = client.get(result_page(client, f"/browse/proposals/{proposal_id}/matches", form)).text
    assert "$5,250,000 default cost, by school" in text_of(own)
    assert "Without costs" in text_of(client.get(f"/browse/proposals/{proposal_id}/matches").text)


def test_smaller_zones_can_be_asked_for_on_both_forms(client: TestClient, proposal_id: str, register_id: str) -> None:
    for path in PATHS:
        page = client.get(f"/browse/proposals/{proposal_id}/{path}").text
        assert re.search(r'<input type="checkbox" id="allow_smaller"[^>]*><label[^>]*>Allow smaller Zones<', page)
    address = f"/browse/proposals/{proposal_id}/year-plans"
    form = {"register_id": register_id, "allow_smaller": "on", "growth": "on"}
    assert "Asked for: allow smaller Zones." in text_of(client.get(result_page(client, address, form)).text)


def test_the_page_says_first_what_the_picture_says_first(client: TestClient, match_page: str) -> None:
    page = client.get(match_page).text
    tiles = ("Zones with a partner 1 of 2", "Schools served 7 of 11", "Students served 3,100 of 5,100")
    assert " ".join((*tiles, "Cost of a year $3,500,000")) in text_of(page)
    assert f'<iframe src="{match_page.removeprefix("/browse")}/map"' in page


def test_every_cell_can_stand_alone_on_a_narrow_screen(client: TestClient, match_page: str) -> None:
    """Each cell of a table that is stacked has its heading, and the one of its own column."""
    page = client.get(match_page).text
    tables = re.findall(r'<table class="stacked">(.*?)</table>', page, flags=re.DOTALL)
    assert len(tables) == 4
    for table in tables:
        headings = [text_of(each) for each in re.findall(r'<th scope="col"[^>]*>.*?</th>', table)]
        for row in table.partition("<tbody>")[2].split("</tr>")[:-1]:
            assert re.findall(r'<td[^>]* data-label="([^"]+)"', row) == headings[1:]


def test_the_best_matches_have_a_page(client: TestClient, match_page: str) -> None:
    page = open_answer(client, f"{match_page}/best-matches", count=2)
    assert page.status_code == 200
    assert "1,100" in text_of(page.text)


def test_a_register_in_use_is_not_forgotten_by_a_button(client: TestClient, match_page: str, register_id: str) -> None:
    assert client.get(match_page).status_code == 200
    response = client.post(f"/browse/registers/{register_id}/delete")
    assert response.status_code == 409
    assert "on this register" in text_of(response.text)
    own = client.post("/browse/registers", files=register_uploads()).headers["location"]
    assert client.post(f"{own}/delete").headers["location"] == "/browse/registers"


def test_a_match_is_forgotten_by_a_button(client: TestClient, proposal_id: str, register_id: str) -> None:
    address = f"/browse/proposals/{proposal_id}/matches"
    own = result_page(client, address, {"register_id": register_id})
    assert client.post(f"{own}/delete").headers["location"] == address
    assert client.get(own).status_code == 404
