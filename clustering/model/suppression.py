"""The least and greatest number of students that a suppressed count can be, and where it likely lies between them."""

from __future__ import annotations

SUPPRESSED_LOW, SUPPRESSED_HIGH = 1.0, 9.0
# Small counts are mostly small: if sizes have no scale of their own, a count of 1 to 9 is as likely 1 to 3 as 3 to 9,
# and its mean is about a quarter of the way from 1 to 9.
LIKELY_POSITION = 0.25
