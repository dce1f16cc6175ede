"""Keys for single datasets in the database: what they see, and what is counted over all of their agency."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import ServiceError
from app.store import LOCAL_AGENCY, PROPOSAL_PARTS, IngestedDataset, RenderedResult, ScopeError, open_store
from tests.examples.zone_records import created

PARTS = {part.column: b"{}" for part in PROPOSAL_PARTS}


def test_a_key_for_a_dataset_counts_and_compares_over_its_agency(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    own = store.of_agency(LOCAL_AGENCY)
    first, second = (own.add_dataset(name, IngestedDataset(report={}, scenario=b"x")).id for name in ("One", "Two"))
    proposals = [own.add_proposal(each, {}, RenderedResult(summary={}, parts=PARTS)).id for each in (first, second)]
    own.records.add("r-1", created(), proposal_id=proposals[0])
    job = own.add_job(first, {}, maximum_waiting=9)
    view = store.of_agency(LOCAL_AGENCY, dataset_ids=frozenset({second}))
    assert [each.id for each in view.datasets()] == [second]
    assert (view.usage.datasets(), view.usage.unfinished_jobs()) == (2, 1)
    assert view.usage.stored_bytes() == own.usage.stored_bytes() > 0
    assert view.jobs() == view.records.records() == []
    pair = {"question": "comparison", "proposal_id": proposals[1], "other_proposal_id": proposals[0]}
    own.add_job(second, {}, maximum_waiting=9, inputs=pair)
    assert view.jobs() == [], "It names a proposal that is not shown."
    pair["other_proposal_id"] = own.add_proposal(second, {}, RenderedResult(summary={}, parts=PARTS)).id
    shown = own.add_job(second, {}, maximum_waiting=9, inputs=pair)
    assert [each.id for each in view.jobs()] == [shown.id]
    view.end_job(job.id, "cancelled", {})
    assert own.job(job.id).status == "queued"
    # The Zone of the record that is not shown may not have a second one.
    zone = own.records.record("r-1").zone
    with pytest.raises(ServiceError, match="your key does not open"):
        view.records.add("r-2", created(), proposal_id=proposals[1], zone=zone)
    view.records.add("r-3", created(), proposal_id=proposals[1])
    assert [each.record_id for each in view.records.records()] == [view.records.record("r-3").record_id]
    for refused in (None, proposals[0]):  # of no dataset, and of one that is not shown
        with pytest.raises(ServiceError, match="single datasets"):
            view.records.add("r-4", created(), proposal_id=refused)
    for statement in (text("SELECT id FROM dataset WHERE dataset.agency_id = 'local'"), text("DELETE FROM job")):
        with pytest.raises(ScopeError), view._sessions() as session:
            session.execute(statement)
    store.close()
