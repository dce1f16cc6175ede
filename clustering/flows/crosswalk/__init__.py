"""
Schools that split, merged, closed, moved or were renumbered: proposed, confirmed by the user, applied to flows.

- ``unlisted_schools``: which schools of the flows are missing from the schools table;
- ``propose``: which listed school succeeded each of them. ``candidate_pairs`` finds pairs to compare, ``names`` and
  ``evidence`` compare them, ``score_evidence`` scores them and chooses, ``explain`` writes the sentence;
- ``apply``: the confirmed rows applied to flows; ``resolve`` follows a school through several changes;
- ``rename_paths``: the same for ways over two promotions.
"""

from clustering.flows.crosswalk.apply import CrosswalkAccount, apply_crosswalk
from clustering.flows.crosswalk.propose import EVIDENCE_COLUMNS, crosswalk_csv_table, propose_crosswalk
from clustering.flows.crosswalk.rename_paths import rename_paths
from clustering.flows.crosswalk.unlisted_schools import find_unlisted, read_flow_names

__all__ = [
    "EVIDENCE_COLUMNS",
    "CrosswalkAccount",
    "apply_crosswalk",
    "crosswalk_csv_table",
    "find_unlisted",
    "propose_crosswalk",
    "read_flow_names",
    "rename_paths",
]
