"""Who may see a result: ``protected`` hides small counts of students, ``exact`` shows every count."""

from __future__ import annotations

from typing import Literal

Disclosure = Literal["protected", "exact"]
