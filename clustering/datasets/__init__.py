"""
A generated, fictional state for demonstrations, tests and benchmarks: no name in it is real.

``generate_state`` makes one of any size, from the eleven schools of ``toy_district`` to 120,000; ``write_state`` writes
it in the shapes in which NCES, EDFacts and state agencies publish. The same seed and size give the same bytes.

``generate`` runs the stages in order: ``geography`` (settlements), ``schools``, ``names``, ``catchments`` (moves that
pupils may make), ``flows`` (pupils followed over the years), ``graduation`` and ``accountability`` (rates).
``published``, ``characteristics`` and ``state`` bring them into published shapes, ``files`` writes them. ``toy`` holds
the eleven schools.

``catchment_state`` is another generated state: with catchments, and with the true path of every student.
"""

from clustering.datasets.catchment_state import CatchmentState, generate_catchment_state, write_catchment_state
from clustering.datasets.files import write_state
from clustering.datasets.generate import generate_state
from clustering.datasets.state import SampleState
from clustering.datasets.toy import toy_district

__all__ = [
    "CatchmentState",
    "SampleState",
    "generate_catchment_state",
    "generate_state",
    "toy_district",
    "write_catchment_state",
    "write_state",
]
