"""Who an answer is for."""

from __future__ import annotations

from typing import Literal

Disclosure = Literal["protected", "exact"]
