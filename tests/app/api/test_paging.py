"""Lists page by page: every row once, in order, whatever is added or deleted meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.errors import ServiceError
from app.store import Dataset, LedgerRow, Page, page_of
from app.store.paging import read_numbered, read_rows
from app.store.tables import Base

# Members of documents that are lists of what one thing consists of, and not of rows with pages of their own.
OF_ONE_DOCUMENT = {
    ("/records/{record_id}/missing", "missing"),
    ("/rules/schema", "required"),
    ("/disclosure-policies/schema", "required"),
}
# Forms of answers about one proposal, match or year plan: whole documents, which are stored as such.
DOCUMENTS = (
    "/proposals/{proposal_id}/",
    "/matches/{result_id}/",
    "/year-plans/{result_id}/",
    "/releases/{release_id}/",
)


@pytest.fixture
def session() -> Iterator[Session]:
    """Seven datasets, three of them of the same time: g, f, then b, c, e (by identifier), then d, a."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine, tables=[Dataset.__table__])  # type: ignore[list-item]
    seconds = {"a": 1, "b": 3, "c": 3, "d": 2, "e": 3, "f": 4, "g": 5}
    with Session(engine) as opened:
        opened.add_all([_dataset(name, second) for name, second in seconds.items()])
        opened.flush()
        yield opened


def _dataset(name: str, second: int) -> Dataset:
    at = datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)
    return Dataset(id=name, name=name, created_at=at, report={}, summary={})


def read(session: Session, limit: int, after: str = "") -> tuple[str, int, str]:
    rows = read_rows(session, select(Dataset), Dataset, Page(limit, after), maximum=9)
    return "".join(row.id for row in rows), rows.total, rows.after


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_every_row_is_on_one_page(session: Session, limit: int) -> None:
    pages, after = [], ""
    while True:
        names, total, after = read(session, limit, after)
        assert total == 7
        pages.append(names)
        if not after:
            break
    assert "".join(pages) == "gfbceda"
    assert {len(each) for each in pages[:-1]} <= {limit}


def test_new_rows_move_nothing_and_deleted_ones_end_nothing(session: Session) -> None:
    names, _, after = read(session, 3)
    assert names == "gfb"
    session.add(_dataset("z", 9))
    session.delete(session.get_one(Dataset, "b"))
    session.flush()
    assert read(session, 3, after)[:2] == ("ced", 7)


def test_the_newest_alone_have_no_count(session: Session) -> None:
    rows = read_rows(session, select(Dataset), Dataset, None, maximum=2)
    assert [row.id for row in rows] == ["g", "f"]


@pytest.mark.parametrize("after", ["x", "!!!!", "AAAA", "MjAyNi0wMS0wMVQwMDowMDowNA", "\u00e9"])
def test_a_page_that_no_list_gave_is_refused(session: Session, after: str) -> None:
    if after == "MjAyNi0wMS0wMVQwMDowMDowNA":  # a time without an identifier is the beginning of that time
        assert read(session, 9, after)[0] == "fbceda"
        return
    with pytest.raises(ServiceError) as caught:
        read(session, 3, after)
    assert caught.value.status == 422


def test_a_list_in_memory_is_cut_by_what_its_rows_are_called() -> None:
    first = page_of("abcde", Page(2), str)
    assert (first, first.total) == (["a", "b"], 5)
    assert page_of("xabcde", Page(2, first.after), str) == ["c", "d"]
    assert page_of("de", Page(2, page_of("abcde", Page(4), str).after), str).after == ""
    with pytest.raises(ServiceError):
        page_of("acde", Page(2, first.after), str)
    assert page_of("acde", Page(2, first.after), str, is_sorted=True) == ["c", "d"]
    with pytest.raises(ServiceError):
        page_of([1, 2], Page(1, first.after), int, is_sorted=True)


def test_numbered_rows_come_newest_first() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine, tables=[LedgerRow.__table__])  # type: ignore[list-item]
    with Session(engine) as opened:
        opened.add_all([LedgerRow(act="a", by="b", why="w", dataset_id=None, content={}) for _ in range(3)])
        opened.flush()
        first = read_numbered(opened, select(LedgerRow), LedgerRow, Page(2), maximum=9)
        assert ([row.id for row in first], first.total) == ([3, 2], 3)
        opened.add(LedgerRow(act="a", by="b", why="w", dataset_id=None, content={}))
        opened.flush()
        last = read_numbered(opened, select(LedgerRow), LedgerRow, Page(2, first.after), maximum=9)
        assert ([row.id for row in last], last.total, last.after) == ([1], 4, "")


def rows_of(path: str, answer: Any) -> list[Any]:
    """The rows of a list, which is the answer or its only member that is one."""
    document = answer.json()
    if isinstance(document, list):
        return document
    lists = [value for name, value in document.items() if isinstance(value, list) and name != "links"]
    assert len(lists) == 1, path
    return list(lists[0])


def test_every_list_has_pages(client: TestClient, ids: dict[str, str]) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operations = {path: methods["get"] for path, methods in paths.items() if "get" in methods}
    lists = 0
    for path, operation in operations.items():
        content = operation["responses"]["200"]["content"]
        is_array = content.get("application/json", {}).get("schema", {}).get("type") == "array"
        if not {"limit", "after"} <= {each["name"] for each in operation.get("parameters", ())}:
            assert not is_array, f"a list without pages: {path}"
            if path.endswith("}") or path.startswith(DOCUMENTS) or "application/json" not in content:
                continue
            document = client.get(filled(path, ids)).json()
            bare = {(path, name) for name, value in document.items() if isinstance(value, list)}
            assert bare <= OF_ONE_DOCUMENT, f"a list without pages: {bare}"
            continue
        lists += 1
        assert "X-Total-Count" in operation["responses"]["200"]["headers"], path
        if not path.startswith("/year-plans/{"):  # no year plan is kept here; matches have the same route
            check_pages(client, filled(path, ids))
    assert lists == 26


@pytest.mark.parametrize("path", ["/ogc/collections", "/ogc/jobs"])
def test_the_lists_of_the_map_interface_have_pages(client: TestClient, proposal_id: str, path: str) -> None:
    check_pages(client, path, refused=400)
    document = client.get(f"{path}?limit=1").json()
    assert (document["numberReturned"], document["numberMatched"] > 1) == (1, True)
    following = [each["href"] for each in document["links"] if each["rel"] == "next"]
    assert client.get(following[0]).json()["numberMatched"] == document["numberMatched"]


def filled(path: str, ids: Mapping[str, str]) -> str:
    for name, value in ids.items():
        path = path.replace("{" + name + "}", value)
    return path


def check_pages(client: TestClient, path: str, *, refused: int = 422) -> None:
    """Pages of one row each are the whole list; its headers say how long it is and where it goes on."""
    whole = client.get(path, params={"limit": 1000})
    assert whole.status_code == 200, (path, whole.text)
    total = int(whole.headers["X-Total-Count"])
    assert "next" not in whole.headers.get("Link", ""), path
    rows, found, address = rows_of(path, whole), [], f"{path}?limit=1"
    for _ in range(max(1, min(total, 3))):
        page = client.get(address)
        assert page.headers["X-Total-Count"] == str(total), path
        found += rows_of(path, page)
        linked = re.search(r"<([^>]+)>; rel=\"next\"", page.headers.get("Link", ""))
        address = linked[1] if linked else ""
    assert found == rows[: len(found)], path
    assert bool(address) == (total > 3), path
    for query in ("limit=0", "limit=x", "after=x"):
        assert client.get(f"{path}?{query}").status_code in (422, refused), (path, query)
