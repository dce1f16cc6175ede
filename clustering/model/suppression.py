"""What a suppressed count of students can be."""

from __future__ import annotations

SUPPRESSED_LOW, SUPPRESSED_HIGH = 1.0, 9.0
