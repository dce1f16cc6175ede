"""Lists page by page: every row once, in order, whatever is added or deleted meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.errors import ServiceError
from app.store import Dataset, Page
from app.store.paging import read_rows
from app.store.tables import Base

LISTS = ("/datasets", "/proposals", "/jobs", "/registers", "/matches", "/year-plans")


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


@pytest.mark.parametrize("path", LISTS)
def test_lists_say_how_long_they_are_and_where_they_go_on(client: TestClient, proposal_id: str, path: str) -> None:
    whole = client.get(path, params={"limit": 1000})
    count = len(whole.json())
    assert (whole.headers["X-Total-Count"], "Link" in whole.headers) == (str(count), False)
    found, address = [], f"{path}?limit=1"
    for _ in range(max(1, min(count, 3))):
        page = client.get(address)
        found += page.json()
        linked = re.fullmatch(r"<([^>]+)>; rel=\"next\"", page.headers.get("Link", ""))
        address = linked[1] if linked else ""
    assert found == whole.json()[:3]
    assert bool(address) == (count > 3)
    for query in ("limit=0", "limit=1001", "limit=x", "after=x"):
        assert client.get(f"{path}?{query}").status_code == 422
