"""Candidates generated before: where only locks change, most anchors keep theirs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from clustering.zones.candidate_reach import find_schools_ahead
from clustering.zones.candidates import Candidates, generate_candidates, group_anchors
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest

_MOST_REMEMBERED = 3  # a planner often goes back and forth between a few requests


@dataclass(frozen=True, kw_only=True)
class _Question:
    """What candidates depend on, without the locks; equal feeder graphs are one and the same."""

    tables: FeederTables
    groups: tuple[tuple[str, ...], ...]
    parameters: tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class _Remembered:
    """Candidates, and the schools that were forced in and out."""

    forced_in: frozenset[str]
    forced_out: frozenset[str]
    candidates: tuple[Candidates, ...]

    def relocked(self, request: ZoneRequest) -> frozenset[str]:
        """Schools that are locked otherwise in a request."""
        return (self.forced_in ^ set(request.parameters.force_in)) | (
            self.forced_out ^ set(request.parameters.force_out)
        )


class CandidateCache:
    """Candidates of the last requests of one scenario; they are those that a request alone would find."""

    def __init__(self) -> None:
        self._remembered: dict[_Question, _Remembered] = {}

    def generate(self, tables: FeederTables, anchors: Collection[str], request: ZoneRequest) -> tuple[Candidates, ...]:
        """
        Find every school that could belong to each anchor's Zone.

        Parameters
        ----------
        tables, anchors, request
            As for ``candidates.generate_candidates``.

        Returns
        -------
        candidates
            The same; one and the same object for each anchor that changed locks cannot touch, since the locked schools
            could not come within its reach.
        """
        parameters = request.parameters
        question = _Question(
            tables=tables,
            groups=tuple(group_anchors(anchors, request)),
            parameters=parameters.values_without("force_in", "force_out"),
        )
        earlier = self._remembered.pop(question, None)
        if earlier is None:
            candidates = generate_candidates(tables, anchors, request)
        else:
            touched = find_schools_ahead(earlier.relocked(request), tables, request)
            fresh = {each.anchor_id: each for each in generate_candidates(tables, anchors, request, only=touched)}
            candidates = tuple(fresh.get(each.anchor_id, each) for each in earlier.candidates)
        # The question asked last stands last, and the first is forgotten.
        self._remembered[question] = _Remembered(
            forced_in=frozenset(parameters.force_in),
            forced_out=frozenset(parameters.force_out),
            candidates=candidates,
        )
        while len(self._remembered) > _MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        return candidates
