"""The estimator against the straight line, and against what scikit-learn asks of every estimator."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import adjusted_rand_score
from sklearn.utils import estimator_checks
from sklearn.utils.validation import check_is_fitted

from clustering import InputError, ProposalParameters, ZoneClustering, parse_parameters, propose_zones
from tests.examples.toy_district import EAST, OAK, WEST, toy_planner, toy_scenario

BOTH = "official:designation=CSI"
# Those that make data of their own ask for matrices, and ours is a Scenario.
CHECKS_WITHOUT_DATA = [
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_get_params_invariance",
    "check_mixin_order",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_set_params",
    "check_valid_tag_types",
]


@pytest.mark.parametrize("check", CHECKS_WITHOUT_DATA)
def test_scikit_learn_accepts_it(check: str) -> None:
    getattr(estimator_checks, check)("ZoneClustering", ZoneClustering())


def test_parameters_are_those_of_a_request() -> None:
    signature = inspect.signature(ZoneClustering)
    assert {name: parameter.default for name, parameter in signature.parameters.items()} == {
        name: field.default for name, field in ProposalParameters.model_fields.items()
    }
    assert ZoneClustering(maximum_schools=5).get_params() == {
        **{name: field.default for name, field in ProposalParameters.model_fields.items()},
        "maximum_schools": 5,
    }
    with pytest.raises(TypeError, match="colour"):
        ZoneClustering(colour="blue")


def test_parameters_are_understood_in_either_spelling() -> None:
    estimator = ZoneClustering(maximum_enrollment_students=900)
    assert estimator.get_params()["maximum_enrolment_students"] == 900
    assert clone(estimator).set_params(maximum_enrollment_students=800).maximum_enrolment_students == 800
    with pytest.raises(TypeError, match="maximum_school"):
        ZoneClustering(maximum_school=8)


def test_labels_of_the_toy_district_by_hand() -> None:
    fitted = ZoneClustering(identification=BOTH, force_out=["0006"], disclosure="exact").fit(toy_scenario())
    assert fitted.zone_ids_ == ("zone-0010", "zone-0011")
    assert fitted.anchors_ == (WEST, EAST)
    # E1 to E4, Oak, Elm and West; E5, Pine and East; E6 is forced out.
    assert fitted.labels_.tolist() == [0, 0, 0, 0, 1, -1, 0, 0, 1, 0, 1]
    assert fitted.labels_.index.tolist() == [f"{number:04d}" for number in range(1, 12)]
    assert fitted.labels_.dtype == np.int64
    assert fitted.score_ == pytest.approx(278.75 + 95 + 1.25 * 250 / 6 - 12.5, abs=1e-3)


def test_it_is_the_straight_line() -> None:
    settings = {"identification": BOTH, "maximum_schools": 5, "leakage_weight": 0.5, "force_in": [OAK]}
    fitted = ZoneClustering(**settings).fit(toy_scenario())
    proposal = propose_zones(toy_planner(), parse_parameters(settings))
    assert fitted.proposal_.zones == proposal.zones
    assert fitted.score_ == proposal.solution.score
    assert fitted.proposal_.parameters == proposal.parameters


def test_a_clone_fits_alike_and_another_method_is_compared() -> None:
    scenario = toy_scenario()
    exact = ZoneClustering(identification=BOTH, disclosure="exact")
    labels = exact.fit_predict(scenario)
    copy = clone(exact)
    with pytest.raises(NotFittedError):
        check_is_fitted(copy)
    assert copy.fit_predict(scenario).equals(labels)
    communities = clone(exact).set_params(method="louvain").fit(scenario)
    # Communities leave out Oak, E1 and E2: 50 + 30 + 28.75.
    assert exact.score_ - communities.score_ == 108.75
    assert adjusted_rand_score(labels, communities.labels_) < 1


def test_nobody_is_inside_where_no_school_is_low_performing() -> None:
    fitted = ZoneClustering(identification="graduation_rate<0.10").fit(toy_scenario())
    assert fitted.labels_.tolist() == [-1] * 11
    assert (fitted.zone_ids_, fitted.anchors_, fitted.score_) == ((), (), 0)


def test_a_shared_feeder_has_the_label_of_its_first_zone() -> None:
    fitted = ZoneClustering(identification=BOTH, shared_feeders=True).fit(toy_scenario())
    held = [{member.school_id for member in zone.members} for zone in fitted.proposal_.zones]
    assert OAK in held[0] & held[1]
    assert fitted.labels_[OAK] == 0
    assert len(fitted.labels_) == 11


def test_parameters_are_judged_when_it_is_fitted() -> None:
    wrong = ZoneClustering(maximum_schools=1, method="guess")
    with pytest.raises(InputError) as caught:
        wrong.fit(toy_scenario())
    assert {problem.column for problem in caught.value.problems} == {"method", "maximum_schools"}


@pytest.mark.parametrize("given", [np.zeros((3, 2)), None, "schools.csv"])
def test_anything_but_a_scenario_is_refused(given: object) -> None:
    with pytest.raises(InputError, match="Give what read_scenario returns"):
        ZoneClustering().fit(given)
