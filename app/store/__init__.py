"""What is kept, in SQLite or PostgreSQL and in files: datasets, jobs, proposals, capacity, records, releases."""

from app.store.backups import back_up, check_backup, restore
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
    LocatedSchool,
    ProposalPart,
    RenderedResult,
    SecondCut,
    SecondCutChoice,
    StoredProtection,
    summarise_report,
)
from app.store.earlier_documents import EarlierDocuments, refuse_earlier
from app.store.indicator_uploads import IndicatorUploads
from app.store.record_store import AddedChanges, RecordConflictError, RecordExistsError, RecordStore
from app.store.register_dataset import MadeFrom, Registered
from app.store.registrations import Registrations, second_release_error
from app.store.release_store import MadeRelease, withdrawn_error
from app.store.release_tables import BaseProtection, LedgerRow, RegisteredFact, Registration, Release, ReleasedFile
from app.store.scenario_files import ScenarioFiles
from app.store.store import Store, proposal_row
from app.store.store_of_settings import open_engine, open_settings_store, open_store
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
from app.store.upkeep import Pruned, find_damage, prune

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
    "IndicatorUpload",
    "IndicatorUploads",
    "IngestedDataset",
    "Job",
    "KeptChecklist",
    "LedgerRow",
    "LocatedSchool",
    "MadeFrom",
    "MadeRelease",
    "Proposal",
    "ProposalPart",
    "Pruned",
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
    "ScenarioFiles",
    "SecondCut",
    "SecondCutChoice",
    "Store",
    "StoredProtection",
    "ZoneRecordChange",
    "back_up",
    "capacity_row",
    "check_backup",
    "find_damage",
    "open_engine",
    "open_settings_store",
    "open_store",
    "proposal_row",
    "prune",
    "refuse_earlier",
    "restore",
    "second_release_error",
    "summarise_report",
    "withdrawn_error",
]
