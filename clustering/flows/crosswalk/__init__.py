"""Schools that split, merged, closed, moved or were renumbered: proposed, confirmed by the user, applied to flows."""

from clustering.flows.crosswalk.apply import CrosswalkAccount, apply_crosswalk
from clustering.flows.crosswalk.propose import EVIDENCE_COLUMNS, crosswalk_csv_table, propose_crosswalk
from clustering.flows.crosswalk.unlisted_schools import find_unlisted, read_flow_names

__all__ = [
    "EVIDENCE_COLUMNS",
    "CrosswalkAccount",
    "apply_crosswalk",
    "crosswalk_csv_table",
    "find_unlisted",
    "propose_crosswalk",
    "read_flow_names",
]
