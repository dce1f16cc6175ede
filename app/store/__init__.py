"""What is kept: datasets, jobs and proposals, in SQLite."""

from app.store.contents import PROPOSAL_PARTS, IngestedDataset, ProposalPart, RenderedProposal
from app.store.store import UNFINISHED, Store, open_store
from app.store.tables import Dataset, Job, Proposal

__all__ = [
    "PROPOSAL_PARTS",
    "UNFINISHED",
    "Dataset",
    "IngestedDataset",
    "Job",
    "Proposal",
    "ProposalPart",
    "RenderedProposal",
    "Store",
    "open_store",
]
