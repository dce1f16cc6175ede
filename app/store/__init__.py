"""What is kept: datasets, jobs and proposals, in SQLite."""

from app.store.store import PARTS, UNFINISHED, Store, open_store
from app.store.tables import Dataset, Job, Proposal

__all__ = ["PARTS", "UNFINISHED", "Dataset", "Job", "Proposal", "Store", "open_store"]
