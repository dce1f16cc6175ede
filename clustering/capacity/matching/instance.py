"""One request, ready to be solved: the pairs that may be chosen, what each brings, and how much capacity there is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from clustering.capacity.matching.duties import lacking_duties
from clustering.capacity.matching.free_capacity import free_schools, start_fall
from clustering.capacity.matching.locks import NO_LOCKS, Locks, read_locks
from clustering.capacity.matching.nearest_partners import describe_nearest_partners
from clustering.capacity.matching.pairs import pair_zones
from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.matching.statements import fitting_statements
from clustering.capacity.matching.variants import allowed_variants, need_of_variants
from clustering.capacity.need.zone_needs import ZoneNeeds
from clustering.capacity.register.duties import duty_states
from clustering.capacity.register.register import Register


@dataclass(frozen=True, kw_only=True, eq=False)
class MatchInstance:
    """
    A request and what follows from it before anything is chosen.

    Parameters
    ----------
    needs, register, parameters
        The request; partners sorted by id.
    fall
        In which the partners start; ``None`` if nothing tells.
    variants
        Those allowed, sorted by id; as in ``needs``, with ``need`` (missing: unknown).
    pairs
        As :func:`pair_zones` answers.
    free
        Index ``partner_id``: schools that each partner can take on; missing: unknown.
    locks
        As checked.
    options
        Pairs that may be chosen: admissible, with a need, or in a Zone that a lock wants served. Columns of ``pairs``
        without the obstacles; ``need`` (unknown: 0), ``school_count``, ``is_part``, ``position`` (in ``pairs``).
    """

    needs: ZoneNeeds
    register: Register
    parameters: MatchParameters
    fall: int | None
    variants: pd.DataFrame
    pairs: pd.DataFrame
    free: pd.Series
    locks: Locks
    options: pd.DataFrame

    @cached_property
    def duties(self) -> pd.DataFrame:
        """State of each partner's duties; index ``partner_id``."""
        return duty_states(self.register)

    @cached_property
    def lacking_duties(self) -> dict[str, tuple[str, ...]]:
        """Duties of each partner that are not what the request asks for."""
        lacking = lacking_duties(self.duties, self.parameters.duties)
        return {str(partner): duties for partner, duties in lacking.items()}

    @cached_property
    def excluders(self) -> dict[tuple[str, str | None], set[str]]:
        """Who excludes a pair, by variant and partner; without a partner: every partner."""
        fitting = fitting_statements(self.needs, self.variants, self.register)
        fitting = fitting[fitting["choice"] == "exclude"]
        variants = self.variants.index[fitting["row"].to_numpy("int64")]
        sides = self.register.preferences["stated_by"].iloc[fitting["statement"].to_numpy("int64")]
        found: dict[tuple[str, str | None], set[str]] = {}
        for variant, partner, side in zip(variants, fitting["partner_id"], sides, strict=True):
            found.setdefault((str(variant), None if pd.isna(partner) else str(partner)), set()).add(str(side))
        return found

    @cached_property
    def variant_records(self) -> dict[str, dict[str, Any]]:
        """Rows of ``variants`` by id, which are looked up one by one."""
        return dict(zip(self.variants.index, self.variants.to_dict("records"), strict=True))

    @cached_property
    def partner_records(self) -> dict[str, dict[str, Any]]:
        """Rows of the partners by id, with the schools that each can take on (``schools_free``)."""
        partners = self.register.partners.assign(schools_free=self.free)
        return dict(zip(partners.index, partners.to_dict("records"), strict=True))


def build_instance(needs: ZoneNeeds, register: Register, parameters: MatchParameters) -> MatchInstance:
    """
    Prepare a request.

    Parameters
    ----------
    needs, register, parameters
        The request.

    Returns
    -------
    instance
        The same for any order of the rows.

    Raises
    ------
    InputError
        Locks name Zones or partners that there are not, pairs that are not admissible, or contradict each other.
    """
    register = replace(register, partners=register.partners.sort_index())
    variants = allowed_variants(needs, parameters)
    variants = variants.assign(need=need_of_variants(needs, parameters).reindex(variants.index))
    pairs = pair_zones(needs, register, parameters)
    fall = start_fall(needs, parameters)
    instance = MatchInstance(
        needs=needs,
        register=register,
        parameters=parameters,
        fall=fall,
        variants=variants,
        pairs=pairs,
        free=free_schools(register, fall),
        locks=NO_LOCKS,
        options=pairs[:0],
    )
    locks = read_locks(pairs, parameters, describe_obstacles=partial(describe_nearest_partners, instance))
    is_admissible = np.array([not obstacles for obstacles in pairs["obstacles"]], dtype=bool)
    return replace(instance, locks=locks, options=options_among(pairs, is_admissible, variants, locks))


def options_among(pairs: pd.DataFrame, is_admissible: np.ndarray, variants: pd.DataFrame, locks: Locks) -> pd.DataFrame:
    """
    Pick the pairs that may be chosen.

    Parameters
    ----------
    pairs
        As :func:`pair_zones` answers; the obstacles are not read.
    is_admissible
        ``(n_pairs,)``: whether nothing stands in the way.
    variants, locks
        Of the instance.

    Returns
    -------
    options
        As in :class:`MatchInstance`.
    """
    variant = variants.index.get_indexer(pd.Index(pairs["variant_id"]))
    need = variants["need"].to_numpy("float64")[variant]
    is_sought = (need > 0) | pairs["zone_id"].isin(locks.served_zones).to_numpy()
    is_left = ~pairs["zone_id"].isin(locks.unserved).to_numpy()
    position = np.flatnonzero(is_admissible & is_sought & is_left)
    chosen = variant[position]
    return pd.DataFrame(
        {name: column.array[position] for name, column in pairs.items() if name != "obstacles"}
        | {
            "need": np.nan_to_num(need[position]),
            "school_count": variants["school_count"].to_numpy("int64")[chosen],
            "is_part": (variants["variant"] == "part").to_numpy()[chosen],
            "position": position,
        }
    )
