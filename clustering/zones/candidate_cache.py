"""Candidates generated before: where only locks change, most anchors keep theirs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from clustering.zones.candidate_reach import find_schools_ahead
from clustering.zones.candidates import Candidates, generate_candidates, group_anchors
from clustering.zones.feeder_graph import FeederTables
from clustering.zones.request import ZoneRequest

_MOST_ENTRIES = 3  # a planner often goes back and forth between a few requests


@dataclass(frozen=True, kw_only=True)
class _Key:
    """What candidates depend on beside the locks; equal feeder graphs are one and the same object."""

    tables: FeederTables
    groups: tuple[tuple[str, ...], ...]
    parameters: tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """Candidates, and the schools that were forced in and out when they were generated."""

    forced_in: frozenset[str]
    forced_out: frozenset[str]
    candidates: tuple[Candidates, ...]

    def changed_locks(self, request: ZoneRequest) -> frozenset[str]:
        """Schools that a request forces in or out, but that were not then, or the reverse."""
        return (self.forced_in ^ set(request.parameters.force_in)) | (
            self.forced_out ^ set(request.parameters.force_out)
        )


class CandidateCache:
    """Candidates of the last requests of one scenario: the same as without the cache."""

    def __init__(self) -> None:
        self._entries: dict[_Key, _Entry] = {}

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
            As ``generate_candidates`` returns them. An anchor keeps the same object as before if no school whose lock
            has changed could come within its reach.
        """
        parameters = request.parameters
        key = _Key(
            tables=tables,
            groups=tuple(group_anchors(anchors, request)),
            parameters=parameters.values_without("force_in", "force_out"),
        )
        earlier = self._entries.pop(key, None)
        if earlier is None:
            candidates = generate_candidates(tables, anchors, request)
        else:
            ahead = find_schools_ahead(earlier.changed_locks(request), tables, request)
            generated = {each.anchor_id: each for each in generate_candidates(tables, anchors, request, only=ahead)}
            candidates = tuple(generated.get(each.anchor_id, each) for each in earlier.candidates)
        # The entry used last stands last, so the first is the one to forget.
        self._entries[key] = _Entry(
            forced_in=frozenset(parameters.force_in),
            forced_out=frozenset(parameters.force_out),
            candidates=candidates,
        )
        while len(self._entries) > _MOST_ENTRIES:
            del self._entries[next(iter(self._entries))]
        return candidates
