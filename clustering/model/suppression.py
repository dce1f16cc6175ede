"""The least and greatest number of students that a suppressed count can be."""

from __future__ import annotations

SUPPRESSED_LOW, SUPPRESSED_HIGH = 1.0, 9.0
