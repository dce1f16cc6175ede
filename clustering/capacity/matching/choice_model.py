"""
The choice of pairs as a model: what they bring, and the limits that they use.

A choice x of pairs (variant v of a Zone, partner p), each 0 or 1, has the greatest sum of need(v), among these the most
preferences met, among these the least cost, and among these the least sum of positions in the sorted list of pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from clustering.capacity.matching.instance import MatchInstance
from clustering.capacity.solver import AssignmentModel

NEED, PREFERENCE, COST, POSITION = range(4)


@dataclass(frozen=True, kw_only=True, eq=False)
class ChoiceModel:
    """
    A model and what its limits are.

    Parameters
    ----------
    model
        Values are the need.
    objectives
        Need, preferences, cost and position of each option, the last two below 0: the more, the better.
    limits
        One row per limit of the model: ``kind`` (``zone``, ``school``, ``capacity``, ``zones per partner``, ``budget``,
        ``force_match``, ``force_served``), ``name`` (Zone, school or partner; empty for the budget).
    """

    model: AssignmentModel
    objectives: np.ndarray
    limits: pd.DataFrame


@dataclass(frozen=True, kw_only=True, eq=False)
class _Rows:
    """Limits of one kind: entries (row, option, use), then name, least and greatest use of each row."""

    kind: str
    row: np.ndarray
    option: np.ndarray
    use: np.ndarray
    names: list[str]
    lower: np.ndarray
    upper: np.ndarray


def build_model(instance: MatchInstance) -> ChoiceModel:
    """
    Build the model of a request.

    Parameters
    ----------
    instance
        The request.

    Returns
    -------
    choice
        One option per row of ``instance.options``.
    """
    options, families = instance.options, list(_families(instance))
    starts = np.cumsum([0, *(len(each.names) for each in families)])
    row = np.concatenate([each.row + start for each, start in zip(families, starts, strict=False)])
    use = np.concatenate([each.use for each in families]).astype("float64")
    option = np.concatenate([each.option for each in families])
    objectives = np.array(
        [options["need"], options["preference"], -options["cost_dollars"], -options["position"]], dtype="float64"
    )
    model = AssignmentModel(
        values=objectives[NEED],
        usage=csr_array((use, (row, option)), shape=(int(starts[-1]), len(options))),
        lower=np.concatenate([each.lower for each in families]).astype("float64"),
        upper=np.concatenate([each.upper for each in families]).astype("float64"),
    )
    kinds = np.repeat([each.kind for each in families], [len(each.names) for each in families])
    limits = pd.DataFrame({"kind": kinds, "name": [name for each in families for name in each.names]})
    return ChoiceModel(model=model, objectives=objectives, limits=limits)


def exclusive_groups(options: pd.DataFrame) -> pd.DataFrame:
    """
    Group the options of which at most one may be chosen.

    Parameters
    ----------
    options
        Of an instance.

    Returns
    -------
    members
        One row per option and group: ``option`` (position), ``group`` (text). Options of one Zone that are no parts are
        in one group, and so are those with the options of each part: a Zone is not served whole and in part.
    """
    if not options["is_part"].any():
        return pd.DataFrame({"option": range(len(options)), "group": options["zone_id"]})
    table = options[["zone_id", "variant_id", "is_part"]].assign(option=range(len(options)))
    parts = table[table["is_part"]]
    of_zone = parts[["zone_id", "variant_id"]].drop_duplicates().rename(columns={"variant_id": "group"})
    whole = table[~table["is_part"]].merge(of_zone, on="zone_id", how="left")
    whole["group"] = whole["group"].fillna(whole["zone_id"])
    members = pd.concat([whole, parts.assign(group=parts["variant_id"])])
    return members[["option", "group"]].reset_index(drop=True)


def _families(instance: MatchInstance) -> Iterator[_Rows]:
    options, parameters, locks = instance.options, instance.parameters, instance.locks
    groups = exclusive_groups(options)
    yield _at_most("zone", groups["option"].to_numpy(), groups["group"], np.ones(len(groups)), 1.0)
    yield _schools_once(instance)
    everything, partner = np.arange(len(options)), options["partner_id"]
    free = instance.free.reindex(sorted(set(partner)))
    yield _at_most("capacity", everything, partner, options["school_count"].to_numpy(), free.to_numpy("float64"))
    if parameters.maximum_zones_per_partner is not None:
        most = float(parameters.maximum_zones_per_partner)
        yield _at_most("zones per partner", everything, partner, np.ones(len(options)), most)
    if parameters.budget_dollars is not None:
        whole = pd.Series([""] * len(options), dtype="object")
        yield _at_most("budget", everything, whole, options["cost_dollars"].to_numpy(), parameters.budget_dollars)
    pairs = [f"{zone}={partner}" for zone, partner in locks.matched]
    yield _at_least("force_match", options["zone_id"] + "=" + partner, pairs)
    yield _at_least("force_served", options["zone_id"], list(locks.served))


def _schools_once(instance: MatchInstance) -> _Rows:
    """Limits for schools that are in several Zones, or in several parts of one."""
    variants, options = instance.variants, instance.options
    owners: dict[str, set[str]] = {}
    columns = variants["zone_id"], variants["variant"], variants["school_ids"]
    for variant, zone, kind, schools in zip(variants.index, *columns, strict=True):
        for school in schools:
            owners.setdefault(school, set()).add(variant if kind == "part" else zone)
    shared = {school for school, zones in owners.items() if len(zones) > 1}
    shared_of = {
        variant: [school for school in schools if school in shared]
        for variant, schools in zip(variants.index, variants["school_ids"], strict=True)
    }
    held = [(option, school) for option, name in enumerate(options["variant_id"]) for school in shared_of[name]]
    option, names = (np.array([each[part] for each in held], dtype="object") for part in (0, 1))
    return _at_most("school", option.astype("int64"), names, np.ones(len(held)), 1.0)


def _at_most(
    kind: str, option: np.ndarray, names: pd.Series | np.ndarray, use: np.ndarray, most: float | np.ndarray
) -> _Rows:
    """One limit per name, in their order; the greatest use is one for all, or one each."""
    row, unique = pd.factorize(names, sort=True)
    upper = np.broadcast_to(np.asarray(most, dtype="float64"), (len(unique),))
    lower = np.full(len(unique), -np.inf)
    return _Rows(kind=kind, row=row, option=option, use=use, names=list(unique), lower=lower, upper=upper)


def _at_least(kind: str, names: pd.Series, wanted: list[str]) -> _Rows:
    """One limit for each name that is wanted: one of its options must be chosen."""
    row = pd.Index(wanted, dtype="object").get_indexer(pd.Index(names.astype("object")))
    option = np.flatnonzero(row >= 0)
    return _Rows(
        kind=kind,
        row=row[option],
        option=option,
        use=np.ones(len(option)),
        names=wanted,
        lower=np.ones(len(wanted)),
        upper=np.full(len(wanted), np.inf),
    )
