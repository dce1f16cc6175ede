"""Which tables the portal has, and how requests to it are made."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from clustering import ClusteringError

PUBLIC_ADDRESS = "https://educationdata.urban.org/api/v1/"
# Each endpoint with its path; ``year`` is the fall of the school year, grade 99 is all grades together.
ENDPOINTS: Mapping[str, str] = {
    "schools/ccd/directory": "schools/ccd/directory/{year}/",
    "schools/ccd/enrollment": "schools/ccd/enrollment/{year}/grade-{grade}/",
    "schools/edfacts/grad-rates": "schools/edfacts/grad-rates/{year}/",
    "schools/edfacts/assessments": "schools/edfacts/assessments/{year}/grade-{grade}/",
}


class PortalError(ClusteringError):
    """The portal cannot be reached, or what it answers cannot be trusted."""


@dataclass(frozen=True, kw_only=True)
class PortalRequest:
    """
    One table of the portal.

    Parameters
    ----------
    endpoint
        One of ``ENDPOINTS``.
    year
        Fall of the school year.
    grade
        For endpoints by grade: ``pk``, ``k``, ``1`` ..., or ``99`` for all grades together.
    filters
        Names and values of columns, such as ``fips``.
    """

    endpoint: str
    year: int
    grade: str = "99"
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PortalSettings:
    """
    How requests to the portal are made.

    Parameters
    ----------
    address
        Where the endpoints begin; no request goes anywhere else.
    requests_per_second
        At most this many.
    maximum_attempts
        Attempts at one page when the portal is busy, fails, or does not answer.
    timeout_s
        Seconds of silence after which an attempt ends.
    page_time_s
        Seconds that one page may take as a whole.
    maximum_wait_s
        Longest wait that the portal may ask for (``Retry-After``).
    maximum_page_bytes, maximum_pages
        Limits of what is accepted.
    """

    address: str = PUBLIC_ADDRESS
    requests_per_second: float = 2.0
    maximum_attempts: int = 6
    timeout_s: float = 60.0
    page_time_s: float = 600.0
    maximum_wait_s: float = 300.0
    maximum_page_bytes: int = 128 * 1024**2
    maximum_pages: int = 2_000

    def __post_init__(self) -> None:
        if not (self.requests_per_second > 0 and self.maximum_attempts >= 1):
            raise PortalError("There must be at least one attempt, and more than no requests per second.")


@dataclass(frozen=True, kw_only=True)
class Clock:
    """
    The time, and waiting; tests bring their own.

    Parameters
    ----------
    monotonic
        Seconds from some moment on.
    now
        Seconds since 1970, for dates that the portal names.
    sleep
        Wait a number of seconds.
    """

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
