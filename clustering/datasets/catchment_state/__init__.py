"""
A generated, fictional state with catchments, in which the path of every student is known.

``generate_catchment_state`` makes it, ``write_catchment_state`` writes the files that an agency would hold, and beside
them the truth: which students of each school reach which high school, by way of which school in between. So Zones
that were chosen from the files can be held against the truth (``bench.recognition``).

``generate`` runs the stages in order: ``blocks`` (where children live), ``draw_catchments``, ``schools``, ``students``
(the schools each student attends), ``counts`` (promotions, enrolment, records, true paths), ``graduation``.
"""

from clustering.datasets.catchment_state.files import write_catchment_state
from clustering.datasets.catchment_state.generate import generate_catchment_state
from clustering.datasets.catchment_state.state import CatchmentState

__all__ = ["CatchmentState", "generate_catchment_state", "write_catchment_state"]
