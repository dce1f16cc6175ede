"""Whether a public policy tells no more than that of staff, so that both together tell no more than staff's alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from clustering.disclosure.policy.model import NOISE, NOISE_FIELDS, POLICY_WORDING, DisclosurePolicy, Method
from clustering.errors import Problem


def is_at_least_as_strict(public: DisclosurePolicy, staff: DisclosurePolicy, method: Method | None = None) -> bool:
    """
    Say whether a policy tells no more than another.

    Parameters
    ----------
    public, staff, method
        As for :func:`what_is_looser`.

    Returns
    -------
    is_at_least_as_strict
        Whether :func:`what_is_looser` finds nothing.
    """
    return not what_is_looser(public, staff, method)


def what_is_looser(
    public: DisclosurePolicy, staff: DisclosurePolicy, method: Method | None = None
) -> tuple[Problem, ...]:
    """
    Find where a policy tells more than another.

    Whoever sees both tables knows the class of a count in each. This is no more than staff's table says only if each
    class of the public policy is made of whole classes of staff's. The same holds for bands of rates.

    Parameters
    ----------
    public
        The policy for the public.
    staff
        The policy for staff.
    method
        The method chosen for staff; ``None`` if it may be any of theirs.

    Returns
    -------
    problems
        One for each field of the public policy that is looser, with what would be strict enough; empty if none is.
    """
    return tuple(_looser_fields(public, staff, method))


def _looser_fields(public: DisclosurePolicy, staff: DisclosurePolicy, method: Method | None) -> Iterator[Problem]:
    for field in ("minimum_students", "least_possible_values"):
        if getattr(public, field) < getattr(staff, field):
            yield _looser(
                public, field, f"Staff's policy has {getattr(staff, field)}.", f"Give {getattr(staff, field)} or more."
            )
    yield from _looser_classes(public, staff)
    methods = staff.methods if method is None else (method,)
    if missing := [each for each in methods if each not in public.methods]:
        message = f"Staff's table may be made by {', '.join(missing)}, which the public policy does not allow."
        yield _looser(
            public, "methods", message, f"Add {', '.join(missing)} to methods: both tables are made by one method."
        )
    for field in NOISE_FIELDS if NOISE in methods and not missing else ():
        if getattr(public, field) != getattr(staff, field):
            message = f"Staff's policy has {getattr(staff, field):g}. Two noises for one count tell more than one."
            yield _looser(public, field, message, f"Give {getattr(staff, field):g}.")
    yield from _looser_bands(public, staff)
    if (staff.coarsen_rates, public.coarsen_rates) == ("all", "counted"):
        yield _looser(public, "coarsen_rates", "Staff's policy shows all rates in bands.", "Give all.")


def _looser_classes(public: DisclosurePolicy, staff: DisclosurePolicy) -> Iterator[Problem]:
    """Compare classes: they begin at the minimum, and each is one width wide."""
    width, more = staff.rounding_students, public.minimum_students - staff.minimum_students
    if more > 0 and more % width:  # a smaller minimum is a problem of its own
        message = f"A class begins at {public.minimum_students} students, in the middle of one of staff's."
        near = public.minimum_students + width - more % width
        yield _looser(public, "minimum_students", message, f"Give {near}, where one of staff's classes begins.")
    if public.rounding_students % width:
        message = f"A class of {public.rounding_students} counts is not made of whole classes of staff's {width}."
        yield _looser(public, "rounding_students", message, f"Give {width} or a multiple of it, such as {2 * width}.")


def _looser_bands(public: DisclosurePolicy, staff: DisclosurePolicy) -> Iterator[Problem]:
    """Compare bands at the sizes at which rows of the ladders begin: between them, nothing changes."""
    sizes = np.unique([row.students_from for row in (*public.rate_bands, *staff.rate_bands)])
    wide, staff_wide = _points_wide(public, sizes), _points_wide(staff, sizes)
    is_looser = (wide > 0) & ((staff_wide == 0) | (wide % np.maximum(staff_wide, 1) > 0))
    if not is_looser.any():
        return
    size, points, staff_points = (int(each[is_looser][0]) for each in (sizes, wide, staff_wide))
    message = f"Of {size} students, staff see no rate, and the public sees one in bands of {points} points."
    remedy = "Let the last row begin where staff's does, or later."
    if staff_points:
        message = f"Of {size} students, bands of {points} points are not made of whole bands of staff's {staff_points}."
        remedy = f"Give bands of {staff_points} points or a multiple of that."
    yield _looser(public, "rate_bands", message, remedy)


def _looser(public: DisclosurePolicy, field: str, message: str, remedy: str) -> Problem:
    value = getattr(public, field)
    shown = f"{value:g}" if isinstance(value, int | float) else value if isinstance(value, str) else None
    return Problem(table=POLICY_WORDING.table, column=field, value=shown, message=message, remedy=remedy)


def _points_wide(policy: DisclosurePolicy, sizes: np.ndarray) -> np.ndarray:
    """Points of the band of each size; 0 where rates are not shown."""
    rows = policy.rate_bands
    return np.select([sizes >= row.students_from for row in rows], [row.points_wide for row in rows], 0)
