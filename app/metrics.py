"""Numbers for Prometheus: requests as they come, jobs as the tables have them when somebody looks."""

from __future__ import annotations

import os
from collections import Counter as Counts
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_REQUESTS = Counter("zones_http_requests", "Requests by route and status.", ["method", "route", "status"])
_DURATIONS = Histogram(
    "zones_http_request_duration_seconds", "How long requests took.", ["method", "route"], buckets=_BUCKETS_S
)


def count_request(method: str, route: str, status: int, duration_s: float) -> None:
    """Count a request; ``route`` is a template, so that ids make no series of their own."""
    _REQUESTS.labels(method, route, str(status)).inc()
    _DURATIONS.labels(method, route).observe(duration_s)


class ServiceNumbers:
    """
    Numbers of the whole service, read when somebody looks.

    Parameters
    ----------
    job_states
        The state of every job that is kept.
    gauges
        Further numbers, such as of the memory budget, by name.
    """

    def __init__(self, job_states: Mapping[str, int], gauges: Mapping[str, float]) -> None:
        self._job_states = job_states
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        """
        Give every number.

        Yields
        ------
        metric
            A family of them.
        """
        jobs = GaugeMetricFamily("zones_jobs", "Jobs by state.", labels=["state"])
        counted = Counts({"queued": 0, "running": 0, "succeeded": 0, "failed": 0, "cancelled": 0})
        counted.update(self._job_states)
        for state, count in sorted(counted.items()):
            jobs.add_metric([state], count)
        yield jobs
        for name, value in self._gauges.items():
            yield GaugeMetricFamily(f"zones_{name}", name.replace("_", " ").capitalize() + ".", value=value)


def metrics_text(numbers: ServiceNumbers) -> bytes:
    """
    Write all numbers in the text form of Prometheus.

    Parameters
    ----------
    numbers
        Of the whole service.

    Returns
    -------
    text
        Of all its processes, if several serve (``PROMETHEUS_MULTIPROC_DIR``).
    """
    whole = CollectorRegistry()
    whole.register(numbers)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
        return generate_latest(whole)
    return generate_latest(REGISTRY) + generate_latest(whole)
