"""Grades of schools in years as single numbers, from which the year, and then the grade, can be removed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clustering.disclosure.policy import Method

_YEARS, _GRADES = 4096, 256
_FIRST_GRADE, _NO_GRADE, _NO_YEAR = -100, -101, -1
_DIVISORS: dict[str, int] = {"single years": 1, "pooled years": _YEARS, "coarser grades": _YEARS * _GRADES}


@dataclass(frozen=True, kw_only=True, eq=False)
class GradeKeys:
    """
    Numbers the grades of schools in years.

    Parameters
    ----------
    school_ids
        Every school that is numbered, sorted.
    """

    school_ids: pd.Index

    @classmethod
    def of_flows(cls, flows: pd.DataFrame) -> GradeKeys:
        """Number the grades of the schools at both ends of flows."""
        ends = pd.concat([flows["origin"], flows["destination"]]).dropna().unique()
        return cls(school_ids=pd.Index(ends).sort_values())

    def of(self, school: pd.Series, grade: pd.Series, year: pd.Series) -> np.ndarray:
        """Return the number of each grade of a school in a year; -1 without a school that is numbered."""
        codes = self.school_ids.get_indexer(pd.Index(school))
        grades = grade.to_numpy(dtype="int64", na_value=_NO_GRADE) - _NO_GRADE
        years = year.to_numpy(dtype="int64", na_value=_NO_YEAR) - _NO_YEAR
        return np.where(codes < 0, -1, (codes * _GRADES + grades) * _YEARS + years)

    @staticmethod
    def years_of(keys: np.ndarray) -> np.ndarray:
        """Return the years of some numbers, sorted; -1 stands for none."""
        return np.unique(keys[keys >= 0] % _YEARS) + _NO_YEAR

    @staticmethod
    def in_year(lines: np.ndarray, year: int) -> np.ndarray:
        """Return the numbers of grades of schools, as :meth:`lines` has them, in a year; -1 stays."""
        return np.where(lines < 0, -1, lines * _YEARS + (year - _NO_YEAR))

    @staticmethod
    def or_without_year(keys: np.ndarray, known: np.ndarray) -> np.ndarray:
        """Replace numbers that are not known by those of the same grades without a year."""
        return np.where((keys < 0) | np.isin(keys, known), keys, keys // _YEARS * _YEARS)

    @staticmethod
    def year_numbers(keys: np.ndarray) -> np.ndarray:
        """Return a number for the year of each."""
        return np.where(keys < 0, -1, keys % _YEARS)

    @staticmethod
    def is_without_year(keys: np.ndarray) -> np.ndarray:
        """Whether some numbers, of grades, have no year."""
        is_without: np.ndarray = (keys >= 0) & (keys % _YEARS == 0)
        return is_without

    @staticmethod
    def steps(leave: np.ndarray, enter: np.ndarray) -> pd.DataFrame:
        """Tell ``grade``, ``next_grade`` and ``year`` of moves between numbers, missing where there is none."""
        grade, next_grade = (
            np.where(keys < 0, _NO_GRADE, keys // _YEARS % _GRADES + _NO_GRADE) for keys in (leave, enter)
        )
        year = np.where(leave < 0, _NO_YEAR, leave % _YEARS + _NO_YEAR)
        columns = {"grade": (grade, _NO_GRADE), "next_grade": (next_grade, _NO_GRADE), "year": (year, _NO_YEAR)}
        return pd.DataFrame(
            {name: pd.Series(values, dtype="Int64").mask(values == none) for name, (values, none) in columns.items()}
        )

    @staticmethod
    def lines(keys: np.ndarray, method: Method) -> np.ndarray:
        """Remove what a method adds up: the year, or the year and the grade; -1 stays."""
        return np.where(keys < 0, -1, keys // _DIVISORS[method])
