"""The straight line as a scikit-learn estimator, for notebooks that compare clusterings."""

from __future__ import annotations

from dataclasses import make_dataclass
from inspect import signature
from typing import Any, Self

import pandas as pd
from sklearn.base import BaseEstimator, ClusterMixin

from clustering.errors import InputError, Problem
from clustering.model.scenario import Scenario
from clustering.model.spelling import british
from clustering.zones.parameters import ProposalParameters
from clustering.zones.parse_parameters import parse_parameters
from clustering.zones.planner import propose_zones
from clustering.zones.proposal import Proposal

OUTSIDE = -1

# The fields of ProposalParameters as a constructor that only keeps its arguments, as scikit-learn asks.
_Settings = make_dataclass(
    "ZoneClustering",  # as errors name it
    [(name, field.annotation, field.default) for name, field in ProposalParameters.model_fields.items()],
    kw_only=True,
    eq=False,
    repr=False,
)


class ZoneClustering(ClusterMixin, BaseEstimator, _Settings):  # type: ignore[misc, valid-type]
    """
    Clusters the schools of a Scenario into Zones.

    Every field of :class:`~clustering.ProposalParameters` is a parameter, by keyword and with the same default; lists
    do for tuples. Nothing is checked before ``fit``.

    Attributes
    ----------
    labels_
        Index ``school_id``, all schools in the order of ``Scenario.schools``; position of the school's Zone in
        ``zone_ids_``, -1 outside. Of several Zones that share a feeder the first counts.
    zone_ids_, anchors_
        Identifiers of the Zones and of their anchors, in the order of the labels.
    score_
        Sum over the Zones [students per year].
    proposal_
        The whole proposal, protected unless ``disclosure`` is ``exact``.

    Examples
    --------
    >>> from sklearn.base import clone
    >>> from sklearn.metrics import adjusted_rand_score
    >>> exact = ZoneClustering(maximum_schools=8).fit(scenario)  # doctest: +SKIP
    >>> usual = clone(exact).set_params(method="dominant feeder").fit(scenario)  # doctest: +SKIP
    >>> exact.score_ - usual.score_, adjusted_rand_score(exact.labels_, usual.labels_)  # doctest: +SKIP
    """

    labels_: pd.Series
    zone_ids_: tuple[str, ...]
    anchors_: tuple[str, ...]
    score_: float
    proposal_: Proposal

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**{british(name): value for name, value in parameters.items()})

    # scikit-learn reads the names of the parameters from here.
    __init__.__signature__ = signature(_Settings.__init__)  # type: ignore[attr-defined, misc]

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters by name, in either spelling."""
        super().set_params(**{british(name): value for name, value in parameters.items()})
        return self

    def fit(self, X: Scenario, y: object = None) -> ZoneClustering:  # noqa: ARG002, N803 (names of scikit-learn)
        """
        Propose Zones.

        Parameters
        ----------
        X
            Validated inputs (see :func:`~clustering.read_scenario`): a table of links alone does not say which high
            schools are low-performing.
        y
            Not used; scikit-learn passes it.

        Returns
        -------
        self
            With the attributes above.

        Raises
        ------
        InputError
            ``X`` is no Scenario, or the parameters cannot be read or do not fit it.
        InfeasibleError
            Locks contradict the limits.
        SolverError
            The solver failed, or its answer did not pass the audit.
        """
        if not isinstance(X, Scenario):
            raise InputError(
                [
                    Problem(
                        table="scenario",
                        message=f"ZoneClustering is fitted to a Scenario, not to a {type(X).__name__}.",
                        remedy="Give what read_scenario returns.",
                    )
                ]
            )
        self.proposal_ = propose_zones(X, parse_parameters(self.get_params()))
        zones = self.proposal_.zones
        self.zone_ids_ = tuple(zone.zone_id for zone in zones)
        self.anchors_ = tuple(zone.anchor_id for zone in zones)
        self.score_ = self.proposal_.solution.score
        members = [(member.school_id, number) for number, zone in enumerate(zones) for member in zone.members]
        zone_of_members = pd.DataFrame(members, columns=["school_id", "zone"]).drop_duplicates("school_id")
        labels = zone_of_members.set_index("school_id")["zone"].reindex(X.schools.index, fill_value=OUTSIDE)
        self.labels_ = labels.astype("int64")
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # a Scenario is no matrix
        tags.no_validation = True
        return tags
