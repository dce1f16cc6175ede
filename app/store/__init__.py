"""What is kept: datasets, jobs and proposals, in SQLite."""

from app.store.contents import PROPOSAL_PARTS, IngestedDataset, ProposalPart, RenderedProposal
from app.store.indicator_uploads import IndicatorUploads
from app.store.store import UNFINISHED, Store, open_store
from app.store.tables import Dataset, IndicatorUpload, Job, Proposal

__all__ = [
    "PROPOSAL_PARTS",
    "UNFINISHED",
    "Dataset",
    "IndicatorUpload",
    "IndicatorUploads",
    "IngestedDataset",
    "Job",
    "Proposal",
    "ProposalPart",
    "RenderedProposal",
    "Store",
    "open_store",
]
