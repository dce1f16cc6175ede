"""Forms made from parameters: what stands in them, and what comes back."""

from __future__ import annotations

import pytest

from app.pages.parameter_form import form_fields, parameters_of_form
from clustering import InputError, MatchParameters

NAMES = ("need", "budget_dollars", "cost_per_school_dollars", "allow_smaller", "force_served")


def test_a_new_form_has_the_defaults() -> None:
    need, budget, cost, smaller, served = form_fields(MatchParameters, NAMES, None)
    assert (need.label, need.value) == ("Need", "students")
    assert need.choices == ("students", "students_below", "lowest_rates")
    assert (budget.value, budget.choices, budget.is_checkbox) == ("", (), False)
    assert budget.label == "Budget, dollars a year"
    assert budget.hint.endswith("Blank is no limit.")
    assert (cost.label, cost.value) == ("Cost per school, dollars a school and year", "750000")
    assert smaller.is_checkbox
    assert not smaller.value
    assert served.value == ""


def test_what_was_sent_comes_back() -> None:
    sent = {"need": "students", "budget_dollars": "much", "allow_smaller": "on"}
    assert [field.value for field in form_fields(MatchParameters, NAMES, sent)] == ["students", "much", "", True, ""]


def test_blank_fields_keep_their_defaults_and_boxes_say_yes_or_no() -> None:
    sent = {"need": "students_below", "budget_dollars": " ", "more": "force_unserved=b, c\n\n time_limit_s=5", "x": "y"}
    assert parameters_of_form(MatchParameters, NAMES, sent) == {
        "need": "students_below",
        "allow_smaller": False,
        "force_unserved": "b, c",
        "time_limit_s": "5",
    }
    with pytest.raises(InputError, match="name=value"):
        parameters_of_form(MatchParameters, NAMES, {"more": "only a name"})
