"""What is kept, in SQLite or PostgreSQL and in files: datasets, jobs, proposals, capacity, records, releases."""

from app.store.access_store import KeyRequest, caller_of, holds
from app.store.access_tables import Agency, ApiKey, AuditEntry, PageSession, Person
from app.store.agency_scope import OfAgency, ScopeError
from app.store.answers import KeptForm
from app.store.backups import back_up, check_backup, restore
from app.store.callers import (
    ADMIN,
    ANALYST,
    EXACT,
    LOCAL_AGENCY,
    LOCAL_CALLER,
    ROLES,
    VIEWER,
    Caller,
    PresentRequest,
    known_roles,
    present_request,
    working_as,
)
from app.store.capacity_store import CapacityStore, capacity_row
from app.store.contents import (
    ANALYSIS,
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
    Origin,
    ProposalPart,
    RenderedResult,
    SecondCut,
    SecondCutChoice,
    StoredProtection,
    summarise_report,
)
from app.store.damage import find_damage
from app.store.dataset_scope import beyond_datasets
from app.store.earlier_documents import EarlierDocuments, refuse_earlier
from app.store.existence import Existence, StoredTable
from app.store.features import DatasetSchool, ProposalZone
from app.store.idempotency import KeyedAnswers, SentAnswer
from app.store.indicator_uploads import IndicatorUploads
from app.store.job_inputs import result_id_name
from app.store.leases import Leases
from app.store.paging import Page, Rows, page_of
from app.store.record_store import AddedChanges, RecordConflictError, RecordExistsError, RecordStore
from app.store.register_dataset import MadeFrom, Registered
from app.store.registrations import Registrations, second_release_error
from app.store.release_store import MadeRelease, withdrawn_error
from app.store.release_tables import BaseProtection, LedgerRow, RegisteredFact, Registration, Release, ReleasedFile
from app.store.scenario_files import ScenarioFiles
from app.store.store import Store, proposal_row
from app.store.store_of_settings import open_settings_store, open_store, reach_database
from app.store.tables import (
    Answer,
    AnswerForm,
    CapacityResult,
    Dataset,
    IndicatorUpload,
    Job,
    KeptChecklist,
    Proposal,
    Register,
    ZoneRecordChange,
)
from app.store.upkeep import Pruned, prune

__all__ = [
    "ADMIN",
    "ANALYSIS",
    "ANALYST",
    "DATASET",
    "DOCUMENT_FORMATS",
    "EXACT",
    "LOCAL_AGENCY",
    "LOCAL_CALLER",
    "MATCH",
    "PROPOSAL",
    "PROPOSAL_PARTS",
    "PUBLIC",
    "REGISTER",
    "ROLES",
    "STAFF",
    "UNFINISHED",
    "VIEWER",
    "YEAR_PLAN",
    "AddedChanges",
    "Agency",
    "Answer",
    "AnswerForm",
    "ApiKey",
    "AuditEntry",
    "BaseProtection",
    "Caller",
    "CapacityResult",
    "CapacityStore",
    "CheckedRegister",
    "CountedContent",
    "Dataset",
    "DatasetSchool",
    "EarlierDocuments",
    "Existence",
    "IndicatorUpload",
    "IndicatorUploads",
    "IngestedDataset",
    "Job",
    "KeptChecklist",
    "KeptForm",
    "KeyRequest",
    "KeyedAnswers",
    "Leases",
    "LedgerRow",
    "LocatedSchool",
    "MadeFrom",
    "MadeRelease",
    "OfAgency",
    "Origin",
    "Page",
    "PageSession",
    "Person",
    "PresentRequest",
    "Proposal",
    "ProposalPart",
    "ProposalZone",
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
    "Rows",
    "ScenarioFiles",
    "ScopeError",
    "SecondCut",
    "SecondCutChoice",
    "SentAnswer",
    "Store",
    "StoredProtection",
    "StoredTable",
    "ZoneRecordChange",
    "back_up",
    "beyond_datasets",
    "caller_of",
    "capacity_row",
    "check_backup",
    "find_damage",
    "holds",
    "known_roles",
    "open_settings_store",
    "open_store",
    "page_of",
    "present_request",
    "proposal_row",
    "prune",
    "reach_database",
    "refuse_earlier",
    "restore",
    "result_id_name",
    "second_release_error",
    "summarise_report",
    "withdrawn_error",
    "working_as",
]
