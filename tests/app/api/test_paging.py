"""Lists page by page: every row once, in order, whatever is added or deleted meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.errors import ServiceError
from app.store import Dataset, LedgerRow, Page, page_of
from app.store.paging import read_numbered, read_rows
from app.store.tables import Base


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


def test_pages_of_a_list_in_memory_begin_after_a_named_row() -> None:
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
