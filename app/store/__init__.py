"""What is kept: datasets, jobs, proposals and records of Zones, in SQLite."""

from app.store.contents import PROPOSAL_PARTS, IngestedDataset, ProposalPart, RenderedProposal
from app.store.indicator_uploads import IndicatorUploads
from app.store.record_store import AddedChanges, RecordConflictError, RecordStore
from app.store.store import UNFINISHED, Store, open_store
from app.store.tables import Dataset, IndicatorUpload, Job, KeptChecklist, Proposal, ZoneRecordChange

__all__ = [
    "PROPOSAL_PARTS",
    "UNFINISHED",
    "AddedChanges",
    "Dataset",
    "IndicatorUpload",
    "IndicatorUploads",
    "IngestedDataset",
    "Job",
    "KeptChecklist",
    "Proposal",
    "ProposalPart",
    "RecordConflictError",
    "RecordStore",
    "RenderedProposal",
    "Store",
    "ZoneRecordChange",
    "open_store",
]
