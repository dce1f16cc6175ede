"""
Every tolerance of the solver and of the audit, with its reason; no other file of theirs has one.

Scores are sums of floating-point numbers, which different steps add up in different orders. A tolerance says from which
difference on two numbers count as different. All of them are far below any difference in students that matters.
"""

from __future__ import annotations

# --- Scores [students per year] ---

# Two values of one search that differ by less are the same number added up in another order.
ROUNDING_STUDENTS = 1e-9

# Column generation ends when no Zone improves the master problem by more, and a node of the branching tree is dropped
# when its bound is no better than the incumbent by more; per anchor. Two tie numbers can be close to each other: this
# is far below the difference of nearly all of them, and above the rounding of HiGHS's dual prices.
OPTIMALITY_STUDENTS = 1e-9

# The bound of a set of inner schools is added up in another order than the value it bounds: a set is dropped only if
# its bound is lower by more than the rounding of a sum over all candidates.
SET_BOUND_STUDENTS = 1e-6

# A Zone counts as proved without a search only if each of its schools adds more than its price by this much, which is
# more than the rounding of the sums on both sides. Where less decides, the Zone is searched for.
PROOF_STUDENTS = 1e-7

# A Zone gains something if its score exceeds this; below, an anchor is better off without one.
SCORE_STUDENTS = 1e-6

# The bound of a part of the memberships is a sum over anchors at dual prices: this much is added to it, so that its
# rounding never hides the next best membership.
RANKING_BOUND_STUDENTS = 1e-5

# Of two solutions with equal scores that with fewer schools counts, or with the least sum of the schools' tie numbers
# (see ``build_problem.tie_number``, 0 to 1): in the computation a school costs this much, times one plus its number.
TIE_BREAK_STUDENTS = 1e-5

# People read scores with one decimal: two that differ by less are told apart in words.
SHOWN_STUDENTS = 0.05

# The audit adds up the scores of the Zones itself. A claimed total may differ by so much for each school: what breaks
# ties costs at most a fifth of it.
CLAIMED_TOTAL_STUDENTS = 10 * TIE_BREAK_STUDENTS

# A claimed score of a Zone may differ by so much, times one plus the leakage weight: metrics are sums of numbers that
# are rounded to a thousandth.
CLAIMED_SCORE_STUDENTS = 0.002

# What leaving a lock unkept costs in the master problem: above any score, so that a lock is left only if no Zones keep
# it.
UNKEPT_LOCK_STUDENTS = 1e7

# Students who arrive at an anchor are rounded to so many decimals before a heuristic compares them: then sums that
# differ by rounding only are ties.
ARRIVING_DECIMALS = 6

# --- Shares [0 to 1] ---

# A share of students who arrive reaches its minimum if it is lower by no more: 2 of 10 students are a fifth, however
# the shares on their way are multiplied.
ARRIVAL_SHARE = 1e-9

# --- Enrolment [students] ---

# A Zone keeps the enrolment limit if it exceeds it by no more: the sum of enrolments is rounded.
ENROLMENT_STUDENTS = 1e-6

# Enrolments are whole students, or averages with few decimals: two that differ by less than this are equal where the
# price that makes the least enrolment the best is worked out.
DISTINCT_ENROLMENT_STUDENTS = 1e-3

# --- Weights of columns in the master problem [0 to 1] ---

# A weight nearer to 0 or 1 is that number: HiGHS keeps its rows to 1e-7.
INTEGRALITY = 1e-6

# All locks are kept if the weights of leaving them unkept sum to less.
UNKEPT_WEIGHT = 1e-6

# HiGHS stops at a gap of its own: none in proportion, and in students per year as little as column generation does.
MASTER_RELATIVE_GAP = 0.0
MASTER_ABSOLUTE_GAP_STUDENTS = 1e-9

# A column enters HiGHS's basis if it improves the master problem by more: the least that HiGHS takes.
MASTER_REDUCED_COST_STUDENTS = 1e-10
