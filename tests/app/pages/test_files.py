"""Pages for files that are looked at and not kept."""

from __future__ import annotations

from starlette.testclient import TestClient

from tests.app.api.test_name_matches import FEEDERS, SCHOOLS, files


def test_the_page_says_what_files_are_and_runs_none_of_their_names(client: TestClient) -> None:
    assert 'action="/browse/checks"' in client.get("/browse/checks").text
    assert 'href="/browse/checks"' in client.get("/").text
    rates = "school_id,<b>Grad Pct</b>,Subgroup\n0021,<i>?</i>,All\n"
    given = [("files", file) for _, file in files(schools=SCHOOLS)]
    given.append(("files", ("<script>alert(1).csv", rates.encode(), "text/csv")))
    page = client.post("/browse/checks", files=given)
    assert page.status_code == 200
    assert "schools.csv: schools" in page.text
    assert "Schools with grades</dt><dd>3</dd>" in page.text
    assert "&lt;script&gt;alert(1).csv: performance" in page.text
    assert not any(markup in page.text for markup in ("<script", "<b>Grad", "<i>?"))


def test_the_upload_form_proposes_matches_of_names(client: TestClient) -> None:
    assert 'formaction="/browse/name-matches"' in client.get("/").text
    form = {"name": "", "read": "", "encoding": "", "capture": "places", "exclude_receivers": ""}
    matches = client.post("/browse/name-matches", files=files(schools=SCHOOLS, flows=FEEDERS), data=form)
    assert (matches.status_code, matches.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert "Oak Middle School,0011" in matches.text
