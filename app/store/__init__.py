"""What is kept: datasets, jobs, proposals, registers, matches, year plans, records of Zones and releases, in SQLite."""

from app.store.capacity_store import CapacityStore, capacity_row
from app.store.contents import (
    DATASET,
    DOCUMENT_FORMATS,
    MATCH,
    PROPOSAL,
    PROPOSAL_PARTS,
    PUBLIC,
    REGISTER,
    STAFF,
    UNFINISHED,
    YEAR_PLAN,
    CheckedRegister,
    CountedContent,
    IngestedDataset,
    ProposalPart,
    RenderedResult,
    SecondCut,
    SecondCutChoice,
    StoredProtection,
    summarise_report,
)
from app.store.earlier_documents import EarlierDocuments, refuse_earlier
from app.store.existence import Existence, StoredTable
from app.store.indicator_uploads import IndicatorUploads
from app.store.record_store import AddedChanges, RecordConflictError, RecordExistsError, RecordStore
from app.store.register_dataset import MadeFrom, Registered
from app.store.registrations import Registrations, second_release_error
from app.store.release_store import MadeRelease, withdrawn_error
from app.store.release_tables import BaseProtection, LedgerRow, RegisteredFact, Registration, Release, ReleasedFile
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
    "PUBLIC",
    "REGISTER",
    "STAFF",
    "UNFINISHED",
    "YEAR_PLAN",
    "AddedChanges",
    "BaseProtection",
    "CapacityResult",
    "CapacityStore",
    "CheckedRegister",
    "CountedContent",
    "Dataset",
    "EarlierDocuments",
    "Existence",
    "IndicatorUpload",
    "IndicatorUploads",
    "IngestedDataset",
    "Job",
    "KeptChecklist",
    "LedgerRow",
    "MadeFrom",
    "MadeRelease",
    "Proposal",
    "ProposalPart",
    "RecordConflictError",
    "RecordExistsError",
    "RecordStore",
    "Register",
    "Registered",
    "RegisteredFact",
    "Registration",
    "Registrations",
    "Release",
    "ReleasedFile",
    "RenderedResult",
    "SecondCut",
    "SecondCutChoice",
    "Store",
    "StoredProtection",
    "StoredTable",
    "ZoneRecordChange",
    "capacity_row",
    "open_store",
    "proposal_row",
    "refuse_earlier",
    "second_release_error",
    "summarise_report",
    "withdrawn_error",
]
