"""The roles in which files are read: the fields of an upload, and the options of a command."""

from __future__ import annotations

from typing import NamedTuple


class FileRole(NamedTuple):
    """
    A role in which files are read.

    Parameters
    ----------
    name
        Argument of ``clustering.read_scenario``.
    description
        What such a file holds.
    is_required
        Whether nothing can be read without one.
    """

    name: str
    description: str
    is_required: bool = False


FILE_ROLES = (
    FileRole("schools", "Tables of schools, joined on the school id.", is_required=True),
    FileRole("flows", "Students by origin, destination, grade and year."),
    FileRole("performance", "Graduation rates or official lists."),
    FileRole("students", "Student records, from which promotions are counted; their ids are not kept."),
    FileRole("catchments", "Attendance boundaries: which schools are contiguous, and flows if there are no others."),
    FileRole("population", "Points with a population, to weigh catchments by people."),
    FileRole("crosswalk", "Old school ids to present ones, each row confirmed."),
    FileRole("name_matches", "Names of schools and their ids, each row confirmed, for files without school ids."),
    FileRole("travel_times", "Minutes from school to school."),
)
