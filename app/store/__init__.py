"""What is kept: datasets, jobs, proposals, registers, matches, year plans and records of Zones, in SQLite."""

from app.store.capacity_store import CapacityStore, capacity_row
from app.store.contents import (
    DATASET,
    DOCUMENT_FORMATS,
    MATCH,
    PROPOSAL,
    PROPOSAL_PARTS,
    REGISTER,
    UNFINISHED,
    YEAR_PLAN,
    CheckedRegister,
    IngestedDataset,
    ProposalPart,
    RenderedResult,
    summarise_report,
)
from app.store.earlier_documents import EarlierDocuments, refuse_earlier
from app.store.indicator_uploads import IndicatorUploads
from app.store.record_store import AddedChanges, RecordConflictError, RecordExistsError, RecordStore
from app.store.store import Store, open_store, proposal_row
from app.store.tables import (
    CapacityResult,
    Dataset,
    IndicatorUpload,
    Job,
    KeptChecklist,
    Proposal,
    Register,
    ZoneRecordChange,
)

__all__ = [
    "DATASET",
    "DOCUMENT_FORMATS",
    "MATCH",
    "PROPOSAL",
    "PROPOSAL_PARTS",
    "REGISTER",
    "UNFINISHED",
    "YEAR_PLAN",
    "AddedChanges",
    "CapacityResult",
    "CapacityStore",
    "CheckedRegister",
    "Dataset",
    "EarlierDocuments",
    "IndicatorUpload",
    "IndicatorUploads",
    "IngestedDataset",
    "Job",
    "KeptChecklist",
    "Proposal",
    "ProposalPart",
    "RecordConflictError",
    "RecordExistsError",
    "RecordStore",
    "Register",
    "RenderedResult",
    "Store",
    "ZoneRecordChange",
    "capacity_row",
    "open_store",
    "proposal_row",
    "refuse_earlier",
    "summarise_report",
]
