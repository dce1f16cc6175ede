"""The page that tells which schools a rule finds, and the form for a proposal that takes rules."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from starlette.testclient import TestClient

from app.pages.identification import ROWS_SHOWN, format_tested
from app.queries.request_summary import summarise_request
from clustering import list_presets, parse_parameters
from tests.examples.service_requests import toy_uploads, wait_for_job
from tests.examples.toy_district import EAST, WEST, toy_schools
from tests.faulty_files.hostile_names import HOSTILE_NAMES, hostile_state_flows, hostile_state_schools

pytestmark = pytest.mark.usefixtures("one_process")

OWN_RULE = 'preset = "essa_csi_graduation"\nthreshold = 0.9\nyears = "newest"'


def shown(client: TestClient, dataset_id: str, status: int = 200, **query: object) -> str:
    answer = client.get(f"/browse/datasets/{dataset_id}/identification", params=query)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def test_the_page_of_a_dataset_leads_to_it_and_it_asks_before_it_answers(client: TestClient, dataset_id: str) -> None:
    address = f"/browse/datasets/{dataset_id}/identification"
    assert f'href="{address}"' in client.get(f"/browse/datasets/{dataset_id}").text
    text = shown(client, dataset_id)
    assert "Which rule?" in text
    assert 'id="found-title"' not in text
    for name in list_presets().index:
        assert f'<option value="{name}"' in text
    assert client.get("/browse/datasets/none/identification").status_code == 404


def test_counts_sentences_and_ways_on_are_shown(client: TestClient, dataset_id: str) -> None:
    text = shown(client, dataset_id, rule="rate", threshold="67")
    assert "1 school identified" in text
    assert "Graduation rate 55.0%, below 67.0%." in text
    assert "1 to 1 of 1 that are certain or possible" in text
    # East is not in question; asked for, it is there.
    assert "Graduation rate 80.0%" not in text
    assert "Graduation rate 80.0%, not below 67.0%." in shown(
        client, dataset_id, rule="rate", threshold="67", only="no"
    )
    (way_on,) = re.findall(r'href="(/browse/datasets/[^"]*)">Propose Zones with this rule', text)
    form = client.get(way_on).text
    assert re.search(r'name="threshold"[^>]*value="67"', form)
    assert re.search(r'value="rate" checked', form)


def test_the_answer_is_a_table_to_take_away(client: TestClient, dataset_id: str) -> None:
    text = shown(client, dataset_id, rule="rate", threshold="67", against="graduation_rate<0.9")
    links = re.findall(r'href="(\?[^"]*f=csv[^"]*)"', text)
    tables = [
        list(csv.DictReader(io.StringIO(client.get(f"/browse/datasets/{dataset_id}/identification{link}").text)))
        for link in links
    ]
    assert [[row["school_id"] for row in table] for table in tables] == [[WEST, EAST]] * 2
    assert [row["certainty"] for row in tables[0]] == ["certain", "no"]
    assert [row["change"] for row in tables[1]] == ["both", "gained"]


def test_a_second_rule_is_compared(client: TestClient, dataset_id: str) -> None:
    text = shown(client, dataset_id, rule="rate", threshold="67", against="graduation_rate<0.9")
    assert "It identifies 2 schools: 1 by it alone; 0 by the first rule alone; 1 by both." in text
    assert "the second only" in text
    assert "Graduation rate 80.0%, below 90.0%." in text


def test_a_list_that_the_rates_contradict_is_shown(client: TestClient, dataset_id: str) -> None:
    text = shown(client, dataset_id, rule="official", list_column="designation", list_value="CSI")
    assert "Where the official list and the rates differ: 1 school" in text


def test_a_rule_of_ones_own_is_taken_and_kept_in_the_form(client: TestClient, dataset_id: str) -> None:
    text = shown(client, dataset_id, rule="own", own_rule=OWN_RULE)
    assert "2 schools identified" in text
    assert OWN_RULE in text
    assert '"threshold": 0.9' in text
    (way_on,) = re.findall(r'href="(/browse/datasets/[^"]*)">Propose Zones with this rule', text)
    assert OWN_RULE in html.unescape(client.get(way_on).text)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"rule": "own", "own_rule": "threshhold = 1"}, "threshhold"),
        ({"rule": "rate", "threshold": "much"}, "cannot be read"),
        ({"rule": "rate", "threshold": "67", "year": "12"}, "This is not a year."),
        ({"rule": "rate", "threshold": "67", "against": "odd"}, "second"),
        ({"rule": "official", "list_column": "nothing", "list_value": "x"}, "designation"),
    ],
)
def test_what_is_wrong_is_shown_above_the_form(
    client: TestClient, dataset_id: str, query: dict[str, str], word: str
) -> None:
    text = shown(client, dataset_id, status=422, **query)
    assert 'role="alert"' in text
    assert word in text
    assert "Which rule?" in text


def test_many_schools_come_page_by_page(client: TestClient) -> None:
    count = ROWS_SHOWN + 7
    schools = toy_schools()
    more = schools.loc[[9] * count].assign(school_id=[f"9{number:04d}" for number in range(count)])
    table = schools.merge(more, how="outer")
    own = client.post("/datasets", files=toy_uploads(schools=table)).json()["id"]
    first = shown(client, own, rule="rate", threshold="67")
    assert f"1 to {ROWS_SHOWN} of {count + 1}" in first
    assert first.count("<small>9") == ROWS_SHOWN - 1
    (link,) = re.findall(r'href="(\?[^"]*)#schools-title">Next 8<', first)
    second = html.unescape(client.get(f"/browse/datasets/{own}/identification{link}").text)
    assert f"{ROWS_SHOWN + 1} to {count + 1} of {count + 1}" in second
    assert f"Previous {ROWS_SHOWN}" in second
    assert "Next" not in second


def test_no_name_is_markup(client: TestClient) -> None:
    own = client.post("/datasets", files=toy_uploads(hostile_state_schools(), hostile_state_flows())).json()["id"]
    first = client.get(f"/browse/datasets/{own}/identification", params={"rule": "rate", "threshold": "67"}).text
    assert f"{len(HOSTILE_NAMES)} schools identified" in first
    pages = [first]
    while following := re.findall(r'href="(\?[^"]*)#schools-title">Next [0-9]+<', pages[-1]):
        pages.append(client.get(f"/browse/datasets/{own}/identification{html.unescape(following[0])}").text)
    for name in HOSTILE_NAMES:
        assert not set(name) & set("<>&\"'") or all(name not in page for page in pages), name


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_rule_is_markup(client: TestClient, dataset_id: str, name: str) -> None:
    query = {"rule": "own", "own_rule": f"title = '{name}'" if "'" not in name else "threshold = 0.67", "against": name}
    text = client.get(f"/browse/datasets/{dataset_id}/identification", params=query).text
    assert name not in text or not set(name) & set("<>&\"'")


def test_the_form_for_a_proposal_takes_rules_that_ship_and_ones_own(client: TestClient, dataset_id: str) -> None:
    for form, zones in (
        ({"rule": "preset", "preset": "essa_csi_graduation"}, None),
        ({"rule": "own", "own_rule": OWN_RULE}, 2),
    ):
        answer = client.post(f"/browse/datasets/{dataset_id}/proposals", data=form)
        assert answer.status_code == 303, answer.text
        job = wait_for_job(client, answer.headers["location"].removeprefix("/browse"))
        proposal = client.get(job["links"]["proposal"]).json()["proposal"] if zones else None
        assert proposal is None or len(proposal["zones"]) == zones


def test_a_rule_in_fields_is_shown_by_its_title() -> None:
    summary = summarise_request(parse_parameters({"identification": {"preset": "az_tsi", "years": 2}}).as_dict())
    assert summary == "Arizona TSI: lowest 2 per cent for three years, changed"
    assert summarise_request({"identification": "az_tsi"}) == "az_tsi"
    assert summarise_request({"identification": '{"kept": "of old"}'}) == "a rule of one's own"


def test_numbers_are_shown_in_their_own_unit() -> None:
    rate = {"measure": "graduation_4year", "text": None}
    assert format_tested({**rate, "low": 0.6, "high": 0.69}) == "60% to 69%"
    assert format_tested({**rate, "low": 0.0, "high": 0.499999, "text": "LT50"}) == "LT50"
    assert format_tested({"low": 41.25, "high": 41.25, "measure": "index", "text": "41.25"}) == "41.25"
    # Where one decimal would show the threshold itself, the number still is below it.
    assert format_tested({**rate, "low": 0.6696, "high": 0.6696}) == "66.96%"
    assert format_tested({"low": None, "high": None, "measure": "index", "text": None}) == "–"
