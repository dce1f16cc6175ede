"""What a variant costs a partner in a year: by the register where it says it, else by the parameters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from clustering.capacity.matching.parameters import MatchParameters
from clustering.capacity.register.register import Register

# What a cost rests on, in the order of preference: the code of each is its position.
COST_BASES = ("register, by student", "register, by school", "default, by student", "default, by school")


class Costs(NamedTuple):
    """Costs of variants (rows) and partners (columns): dollars a year, and the code of :data:`COST_BASES`."""

    dollars: np.ndarray
    basis: np.ndarray


def cost_variants(variants: pd.DataFrame, register: Register, parameters: MatchParameters) -> Costs:
    """
    Cost every variant with every partner in a year at full cost.

    What the register says of a partner counts first: its cost by the basis that the request names (``cost_by``), else
    by the other basis. A partner without a cost in the register costs what the parameters say. A cost by student needs
    the students of the variant: where these are unknown, a cost by school takes its place.

    Parameters
    ----------
    variants
        As of :class:`~clustering.capacity.need.zone_needs.ZoneNeeds`.
    register, parameters
        The request.

    Returns
    -------
    costs
        In whole dollars, rows and columns in the order of the variants and of ``register.partners``.
    """
    students = pd.to_numeric(variants["students"]).to_numpy("float64", na_value=np.nan)[:, None]
    schools = variants["school_count"].to_numpy("float64")[:, None]
    partners = register.partners
    of_student = pd.to_numeric(partners["cost_per_student"]).to_numpy("float64", na_value=np.nan)[None, :]
    of_school = pd.to_numeric(partners["cost_per_school"]).to_numpy("float64", na_value=np.nan)[None, :]
    shape = np.broadcast_shapes(schools.shape, of_school.shape)
    by_basis = [
        students * of_student,
        schools * of_school,
        students * parameters.cost_per_student_dollars,
        schools * parameters.cost_per_school_dollars,
    ]
    order = [0, 1, 2, 3] if parameters.cost_by == "student" else [1, 0, 3]
    dollars, basis = np.full(shape, np.nan), np.full(shape, -1, dtype="int8")
    for code in order:
        known = np.broadcast_to(by_basis[code], shape)
        fills = np.isnan(dollars) & ~np.isnan(known)
        dollars[fills], basis[fills] = known[fills], code
    return Costs(dollars=dollars.round(), basis=basis)
