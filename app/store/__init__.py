"""What is kept: datasets, jobs, proposals, registers, matches and year plans, in SQLite."""

from app.store.capacity_store import CapacityStore, capacity_row
from app.store.contents import (
    MATCH,
    PROPOSAL,
    PROPOSAL_PARTS,
    UNFINISHED,
    YEAR_PLAN,
    CheckedRegister,
    IngestedDataset,
    ProposalPart,
    RenderedResult,
)
from app.store.store import Store, open_store, proposal_row
from app.store.tables import CapacityResult, Dataset, Job, Proposal, Register

__all__ = [
    "MATCH",
    "PROPOSAL",
    "PROPOSAL_PARTS",
    "UNFINISHED",
    "YEAR_PLAN",
    "CapacityResult",
    "CapacityStore",
    "CheckedRegister",
    "Dataset",
    "IngestedDataset",
    "Job",
    "Proposal",
    "ProposalPart",
    "Register",
    "RenderedResult",
    "Store",
    "capacity_row",
    "open_store",
    "proposal_row",
]
