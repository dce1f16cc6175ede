"""Files of indicators are added and never changed."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from app.errors import ServiceError
from app.store import IngestedDataset, open_store
from app.store.indicator_uploads import MAXIMUM_REVISIONS


def test_revisions_count_up_within_a_dataset_and_kind(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    one, other = (store.add_dataset(name, IngestedDataset(report={}, scenario=b"")).id for name in ("a", "b"))
    uploads = store.indicator_uploads
    revisions = [
        uploads.add(dataset, kind, {"n": number}, bytes([number])).revision
        for number, (dataset, kind) in enumerate(
            [(one, "progress"), (one, "progress"), (one, "assessments"), (other, "progress")]
        )
    ]
    assert revisions == [1, 2, 1, 1]
    assert uploads.contents(one, "progress") == [b"\x00", b"\x01"]
    assert [each.summary["n"] for each in uploads.history(one, "progress")] == [1, 0]
    store.close()
    again = open_store(tmp_path)
    assert again.indicator_uploads.contents(one, "progress") == [b"\x00", b"\x01"]
    again.delete_dataset(one)
    assert again.indicator_uploads.contents(one, "progress") == []
    again.close()


def test_two_at_once_get_revisions_of_their_own(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    dataset = store.add_dataset("a", IngestedDataset(report={}, scenario=b"")).id
    threads = [
        Thread(target=store.indicator_uploads.add, args=(dataset, "progress", {}, bytes([number])))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = store.indicator_uploads.history(dataset, "progress")
    assert [each.revision for each in history] == [8, 7, 6, 5, 4, 3, 2, 1]
    store.close()


def test_unknown_datasets_and_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path)
    with pytest.raises(ServiceError, match="no such dataset"):
        store.indicator_uploads.add("none", "progress", {}, b"")
    with pytest.raises(ServiceError, match="no such dataset"):
        store.indicator_uploads.history("none", "progress")
    dataset = store.add_dataset("a", IngestedDataset(report={}, scenario=b"")).id
    monkeypatch.setattr("app.store.indicator_uploads.MAXIMUM_REVISIONS", 1)
    store.indicator_uploads.add(dataset, "progress", {}, b"")
    with pytest.raises(ServiceError) as caught:
        store.indicator_uploads.add(dataset, "progress", {}, b"")
    assert caught.value.status == 409
    assert MAXIMUM_REVISIONS == 200
    store.close()
