"""
The solver: from the candidates of every anchor to the Zones of the greatest total score, with proof.

Where each step is::

    solve.py                 one function for every method: exact, or a heuristic
    decomposition.py         exact: anchors solved alone; those whose Zones want the same school joined in groups
    parallel.py              exact: independent anchors in other processes
    resources.py             what a search may use: the cache, processes, the time left
    found_zones.py           the Zones that a search found, by anchor and by school
    group_prices.py          dual prices that prove the Zones of a group best
    known_prices.py          these prices, and the best Zones at them with one school more or less
    known_bounds.py          what one school elsewhere costs, from these prices, without solving again
    repricing.py             new prices where these leave a school in no Zone or in several
    priced_zone.py           the best Zone of one anchor at some prices, with or without one school
    assignment_proof.py      Zones that are best without a search, and the proof
    reach_flows.py           what each school within reach adds to a Zone: the numbers of that proof
    cache.py                 solutions found before, and warm starts
    what_if.py               the total score if one school were in, or out of, one Zone or any

    single_zone/             one anchor: its best Zone at given dual prices (the pricing problem)
        problem.py               the pricing problem in dense arrays
        build_problem.py         from the candidates of an anchor to these arrays
        routes.py                which share of the students sent to each inner school arrives
        zone_found.py            a Zone that a search found, and errors of a search that proves none the best
        branch_and_bound.py      its solution without side constraints
        single_fixings.py        the same with one candidate fixed at a time
        side_constraints.py      enrolment and contiguity of a Zone
        constrained_search.py    branch and bound under side constraints
        enrolment_limit.py       Lagrangian relaxation of the enrolment limit

    branch_and_price/        several anchors that want the same schools: whole Zones as columns
        branch_and_price.py      the branching tree
        branching.py             its nodes, and which decision to branch on
        column_generation.py     the linear relaxation of a node, column by column, and its Lagrangian bound
        pricing.py               the best Zone of every anchor at dual prices: where a Zone is priced
        pricing_oracle.py        the same for one anchor, under all limits
        master_problem.py        the restricted master problem and its dual prices
        differences.py           in how many schools Zones differ from a plan, as a row of it
        anchor_group.py          the anchors that are solved together, and the columns known
        highs.py                 the linear solver

    heuristics/              methods to compare with: assignment of schools to anchors, then repair
    infeasibility/           why an anchor has no Zone, and why locks cannot be kept
    k_best/                  the best, second best, ... membership, and the best that differ in many schools
"""

from clustering.zones.solver.cache import SolutionCache
from clustering.zones.solver.decomposition import ExactSearch
from clustering.zones.solver.resources import Resources
from clustering.zones.solver.solution import ZoneSolution
from clustering.zones.solver.solve import solve
from clustering.zones.solver.what_if import ValueOtherwise, value_if, value_with, value_without

__all__ = [
    "ExactSearch",
    "Resources",
    "SolutionCache",
    "ValueOtherwise",
    "ZoneSolution",
    "solve",
    "value_if",
    "value_with",
    "value_without",
]
