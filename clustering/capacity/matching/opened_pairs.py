"""Which pairs changes of single partners open. All changes are looked at together, each as a partner of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clustering.capacity.matching.choice_model import NEED, ChoiceModel, build_model
from clustering.capacity.matching.free_capacity import free_schools
from clustering.capacity.matching.instance import MatchInstance, build_instance, options_among
from clustering.capacity.matching.pairs import pair_zones
from clustering.capacity.matching.reasons import PairObstacle
from clustering.capacity.matching.request_changes import Request
from clustering.capacity.register.register import Register

# What lifts these is a statement or a lock, and other partners may be named there too.
OF_SEVERAL = frozenset({"excluded", "forbidden"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """
    A change that is to be tried.

    Parameters
    ----------
    partner_id
        Whom it concerns.
    changes
        What is lifted.
    request
        With the change.
    """

    partner_id: str
    changes: tuple[PairObstacle, ...]
    request: Request


@dataclass(frozen=True, kw_only=True, eq=False)
class ChangedChoice:
    """
    A request with a change, ready to be solved.

    Parameters
    ----------
    instance
        With the options of the request; if it was not built anew, all else is as without the change.
    choice
        Its model.
    """

    instance: MatchInstance
    choice: ChoiceModel


def change_choices(instance: MatchInstance, trials: Sequence[Trial]) -> list[ChangedChoice]:
    """
    Prepare the requests of several trials: all Zones are paired once, and one model is cut to the options of each.

    Parameters
    ----------
    instance
        The request without a change.
    trials
        What is to be tried.

    Returns
    -------
    changed
        Of each trial, with the options and the limits that ``build_instance`` and ``build_model`` find.
    """
    is_apart = [_is_apart(instance, trial) for trial in trials]
    alone = [trial for trial, apart in zip(trials, is_apart, strict=True) if not apart]
    together = iter(_change_together(instance, alone) if alone else [])
    return [
        build_changed_choice(instance, trial.request) if apart else next(together)
        for trial, apart in zip(trials, is_apart, strict=True)
    ]


def build_changed_choice(instance: MatchInstance, request: Request) -> ChangedChoice:
    """
    Build a request with a change anew.

    Parameters
    ----------
    instance
        The request without it.
    request
        With it.

    Returns
    -------
    changed
        The instance and its model.
    """
    changed = build_instance(instance.needs, request.register, request.parameters)
    return ChangedChoice(instance=changed, choice=build_model(changed))


def _is_apart(instance: MatchInstance, trial: Trial) -> bool:
    """Whether other partners may be concerned: by what lifts an exclusion or a lock, or as those it supports."""
    lifted = {change.obstacle for change in trial.changes}
    is_supporter = any(trial.partner_id in each for each in instance.register.partners["supporting_partners"])
    return bool(lifted & OF_SEVERAL) or (is_supporter and bool(lifted & {"approval", "duties"}))


def _change_together(instance: MatchInstance, trials: Sequence[Trial]) -> list[ChangedChoice]:
    register, names = _register_of(instance, trials)
    free, column = free_schools(register, instance.fall), register.partners.index.get_indexer(pd.Index(names))
    is_open = _opened(instance, register, trials, column)
    is_open_once = np.asarray(is_open.any(axis=0))
    options = options_among(instance.pairs, is_open_once, instance.variants, instance.locks)
    everything = build_model(replace(instance, options=options))
    changed = []
    for trial, is_admissible, capacity in zip(trials, is_open, free.iloc[column], strict=True):
        keep = is_admissible[options["position"].to_numpy()]
        upper = _upper_limits(everything, trial, float(capacity))
        model = replace(
            everything.model,
            values=everything.objectives[NEED, keep],
            usage=everything.model.usage[:, keep],
            upper=upper,
        )
        cut = replace(everything, model=model, objectives=everything.objectives[:, keep])
        kept = replace(instance, options=options[keep].reset_index(drop=True))
        changed.append(ChangedChoice(instance=kept, choice=cut))
    return changed


def _opened(instance: MatchInstance, register: Register, trials: Sequence[Trial], column: np.ndarray) -> np.ndarray:
    """Whether each pair (columns) has no obstacle in each trial (rows)."""
    plain = instance.parameters.model_copy(update={"budget_dollars": None, "forbid_match": ()})
    paired = pair_zones(instance.needs, register, plain)
    is_fit = _without_obstacles(paired).reshape(len(instance.variants), len(register.partners))
    obstacles, partners = instance.pairs["obstacles"], instance.register.partners.index
    is_forbidden = np.array(["forbidden" in each for each in obstacles], dtype=bool)
    is_only_dear = np.array([each == ("budget",) for each in obstacles], dtype=bool)
    dollars = instance.pairs["cost_dollars"].to_numpy("float64")
    before = _without_obstacles(instance.pairs)
    rows = []
    for trial, at in zip(trials, column, strict=True):
        most = trial.request.parameters.budget_dollars
        is_own = np.zeros((len(instance.variants), len(partners)), dtype=bool)
        is_own[:, partners.get_loc(trial.partner_id)] = is_fit[:, at]
        is_new = is_only_dear | (is_own.ravel() & ~is_forbidden)
        rows.append(before | (is_new & (dollars <= (np.inf if most is None else most))))
    return np.array(rows)


def _upper_limits(everything: ChoiceModel, trial: Trial, capacity: float) -> np.ndarray:
    """The greatest uses with the change: the capacity of its partner, the budget, the Zones of a partner."""
    kinds, names = (everything.limits[name].to_numpy() for name in ("kind", "name"))
    upper = everything.model.upper.copy()
    upper[(kinds == "capacity") & (names == trial.partner_id)] = capacity
    parameters = trial.request.parameters
    for kind, most in (
        ("budget", parameters.budget_dollars),
        ("zones per partner", parameters.maximum_zones_per_partner),
    ):
        if most is not None:
            upper[kinds == kind] = most
    return upper


def _register_of(instance: MatchInstance, trials: Sequence[Trial]) -> tuple[Register, list[str]]:
    """A register with the changed partner of each trial under a name of its own, added to those that may support it."""
    register, partners = instance.register, instance.register.partners
    # No id has a line break.
    ids = [each.partner_id for each in trials]
    names = [f"{partner}\n{number}" for number, partner in enumerate(ids)]
    rows, years = [partners], [register.capacities[:0]]
    statements = [register.preferences[register.preferences["partner_id"].isna()]]
    of_partner = dict(iter(register.preferences.groupby("partner_id")))
    for trial, partner, name in zip(trials, ids, names, strict=True):
        changed = trial.request.register
        rows.append(changed.partners.loc[[partner]].set_axis([name]))
        if len(changed.capacities):
            own_years = changed.capacities[changed.capacities["partner_id"] == partner]
            years.append(own_years.assign(partner_id=name))
        if partner in of_partner:
            statements.append(of_partner[partner].assign(partner_id=name))
    together = replace(
        register,
        partners=pd.concat(rows).rename_axis("partner_id").sort_index(),
        capacities=pd.concat(years, ignore_index=True),
        preferences=pd.concat(statements, ignore_index=True),
    )
    return together, names


def _without_obstacles(pairs: pd.DataFrame) -> np.ndarray:
    return np.array([not each for each in pairs["obstacles"]], dtype=bool)
