"""
Every tolerance of the multi-year plan, with its reason; no other file of it has one.

Money is whole dollars and schools are whole, but sums of floating-point numbers are rounded, and HiGHS keeps its rows
to about a millionth.
"""

from __future__ import annotations

# Rows of money are in millions of dollars, so that a millionth is a dollar.
DOLLARS_PER_UNIT = 1e6

# A budget is kept if it is exceeded by no more.
DOLLARS = 1.0

# A capacity is kept if it is exceeded by no more: growth is a share of a school.
SCHOOLS = 1e-5

# Sums of need have three decimals for each Zone; a claimed sum may differ by so much.
NEED = 0.01

# A need counts as proved if the bound is above it by no more, as a share of it.
PROVED_SHARE = 1e-6
