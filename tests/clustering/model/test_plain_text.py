"""School years as they are written."""

from clustering.model.plain_text import school_year_text


def test_a_school_year_has_two_digits_of_its_spring() -> None:
    assert school_year_text(2025) == "2025-26"


def test_a_school_year_may_end_a_century() -> None:
    assert school_year_text(2099) == "2099-00"
