"""Random assignment models, and their best choice by trying everything and by CP-SAT."""

from __future__ import annotations

import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse import csr_array

from clustering.capacity.solver import AssignmentModel


def random_model(seed: int, *, options: int, limits: int) -> AssignmentModel:
    """Whole numbers; some limits ask for a least use, and some options add to a limit."""
    random = np.random.default_rng(seed)
    usage = random.integers(1, 8, (limits, options)) * (random.random((limits, options)) < 0.6)
    usage = np.where(random.random(usage.shape) < 0.15, -usage, usage).astype(float)
    upper = random.integers(3, 4 + 2 * options, limits).astype(float)
    upper[random.random(limits) < 0.1] = np.inf
    lower = np.where(random.random(limits) < 0.3, random.integers(-5, 9, limits), -np.inf).astype(float)
    values = random.integers(-3, 30, options).astype(float)
    return AssignmentModel(values=values, usage=csr_array(usage), lower=np.minimum(lower, upper), upper=upper)


def mixed_model(seed: int, *, options: int) -> AssignmentModel:
    """Rows of Zones, schools, whole dollars, points and a kept value, of very different sizes."""
    random = np.random.default_rng(seed)
    zone, partner = random.integers(0, max(2, options // 3), options), random.integers(0, 3, options)
    schools = random.integers(1, 7, options).astype(float)
    dollars = schools * np.round(random.choice([1.0, 750_000.0, 1_330.0 * 431, 1e7], options) * random.uniform(1, 2))
    points = np.round(random.random(options), int(random.integers(0, 4)))
    need = np.round(random.lognormal(random.uniform(-3, 12), 1.5, options), int(random.integers(0, 4)))
    values = [need, points, -dollars, -np.arange(options, dtype=float), (partner == 1).astype(float)][seed % 5]
    rows = [(zone == each).astype(float) for each in np.unique(zone)]
    upper, lower = [1.0] * len(rows), [-np.inf] * len(rows)
    for each in range(3):
        rows.append(np.where(partner == each, schools, 0.0))
        upper.append(float(random.integers(2, 12)))
    rows += [dollars, dollars * (partner != 0) - 0.5 * dollars * (partner == 0)]
    upper += [np.round(share * dollars.sum()) for share in random.uniform(0.1, 0.6, 2)]
    lower += [-np.inf] * (len(upper) - len(lower))
    start = np.zeros(options, dtype=bool)
    for option in random.permutation(options):
        start[option] = bool((np.array(rows) @ start.astype(float) + np.array(rows)[:, option] <= upper).all())
    for kept in (need, points)[: int(random.integers(0, 3))]:
        rows.append(kept)
        lower.append(float(kept[start].sum()) - 1e-6 * float(kept.max()))
        upper.append(np.inf)
    return AssignmentModel(values=values, usage=csr_array(np.array(rows)), lower=np.array(lower), upper=np.array(upper))


def random_plan(seed: int, *, zones: int, partners: int, years: int) -> AssignmentModel:
    """Zones, partners with capacity that grows, and yearly budgets, as the multi-year plan has them."""
    random = np.random.default_rng(seed)
    fits = random.random((zones, partners)) < 0.7
    zone, partner = (np.repeat(each, years) for each in np.nonzero(fits))
    fall = np.tile(np.arange(years), int(fits.sum()))
    schools, need = random.integers(1, 7, zones), random.integers(50, 900, zones)
    growth, cost = random.choice([0.0, 0.5, 1.0], partners), random.integers(5, 9, partners)
    rows, upper = [(zone == each).astype(float) for each in range(zones)], [1.0] * zones
    lower = [1.0 if random.random() < 0.02 else -np.inf for _ in range(zones)]
    for year in range(years):
        running = (fall <= year) & (year < fall + 3)
        for each in range(partners):
            own = schools[zone] * (partner == each)
            rows.append(own * running - growth[each] * own * running * (fall <= year - 2))
            upper.append(float(random.integers(3, 14)))
        rows.append((schools[zone] * cost[partner] * running).astype(float))
        upper.append(float(random.integers(20, 40) * partners))
    lower += [-np.inf] * (len(upper) - zones)
    served = np.minimum(3, years - fall)
    return AssignmentModel(
        values=(need[zone] * served).astype(float),
        usage=csr_array(np.array(rows)),
        lower=np.array(lower),
        upper=np.array(upper),
    )


def best_by_trying(model: AssignmentModel) -> float | None:
    """Value of the best of all choices; ``None`` if none is within the limits."""
    count = len(model.values)
    choices = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    used = choices @ model.usage.toarray().T
    is_within = ((used <= model.upper) & (used >= model.lower)).all(axis=1)
    return float((choices[is_within] @ model.values).max()) if is_within.any() else None


def best_by_cp_sat(model: AssignmentModel, *, time_limit_s: float = 60.0) -> float | None:
    """Value of the best choice by CP-SAT; usage and values are multiples of a half."""
    problem, solver = cp_model.CpModel(), cp_model.CpSolver()
    columns = [problem.new_bool_var(str(number)) for number in range(len(model.values))]
    for row, least, most in zip(model.usage.toarray(), model.lower, model.upper, strict=True):
        used = sum(round(2 * row[at]) * columns[at] for at in np.flatnonzero(row))
        if np.isfinite(most):
            problem.add(used <= round(2 * most))
        if np.isfinite(least):
            problem.add(used >= round(2 * least))
    problem.maximize(sum(round(2 * value) * column for value, column in zip(model.values, columns, strict=True)))
    solver.parameters.num_workers, solver.parameters.random_seed = 1, 1
    solver.parameters.max_time_in_seconds = time_limit_s
    status = solver.solve(problem)
    assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    return solver.objective_value / 2 if status == cp_model.OPTIMAL else None
