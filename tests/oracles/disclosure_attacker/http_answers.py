"""
All that somebody gets from the service about a dataset: every route, every page that a page leads to, every file.

Identifiers, moments and the bars of running jobs are left out, since they are others each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.testclient import TestClient

_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHORT = re.compile(rb"-[0-9a-f]{8}(?=[-.])")  # of an identifier, in the name of a file
_MOMENT = re.compile(rb"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+00:00| UTC)?")
_CLOCK = re.compile(rb"\d\d:\d\d(?=:\d\d|</time>)")
_LINK = re.compile(r'(?:href|src)="(/[^"#]*)')
_WAIT = {"Prefer": "wait=60"}
_HEADERS = ("content-type", "content-disposition", "link", "etag", "location")
_MOST_PAGES = 150
# A few draws and steps ask as much of small counts as many do.
_FEW = {
    "resamples": 2,
    "draws": 2,
    "leakage_weights": 0.5,
    "maximum_schools": 5,
    "maximum_plans": 5,
    "count": 2,
    "points": 3,
}
# Pages that compute at length what their route, with fewer draws and steps, is asked for.
_SLOW = (
    *("/stability", "/trade-off", "/selection-frequency", "/zone-sizes", "/best-matches", "/best-year-plans"),
    *("/frontier", "/one-more", "/years-to-reach-all"),
)
# Kept and quick. What is computed while the request waits is asked once, as JSON, which has all that CSV has.
_KEPT = (
    "/schools",
    "/members",
    "/links",
    "/matches",
    "/unserved",
    "/unused",
    "/capacity",
    "/starts",
    "/falls",
    "/partners",
)


class Listener:
    """
    Asks the service and keeps what it answers.

    Parameters
    ----------
    client
        Of a running service without other datasets.
    """

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.answers: dict[str, bytes] = {}
        self._names: dict[bytes, bytes] = {}

    def ask(self, method: str, path: str, name: str = "", **request: Any) -> Any:
        """Ask once; the answer is kept under what was asked for."""
        response = self.client.request(method, path, follow_redirects=True, **request)
        headers = "\n".join(f"{each}: {response.headers.get(each, '')}" for each in _HEADERS)
        told = f"{response.status_code}\n{headers}\n".encode() + response.content
        self.answers[self.plain(f"{method} {path} {name}".encode()).decode()] = self.plain(told)
        return response

    def plain(self, told: bytes) -> bytes:
        """Identifiers by the order in which they were seen first; no moments."""
        named = _UUID.sub(lambda found: self._names.setdefault(found[0], b"id-%d" % len(self._names)), told)
        return _CLOCK.sub(b"", _MOMENT.sub(b"a moment", _SHORT.sub(b"-id", named)))


def every_answer(
    client: TestClient,
    uploads: list[Any],
    register: list[Any],
    requests: Iterable[Mapping[str, Any]],
    rules: Iterable[Any],
) -> dict[str, bytes]:
    """
    Upload a dataset and ask for everything.

    Parameters
    ----------
    client
        Of a running service without other datasets.
    uploads, register
        Files of the dataset, and of a register of Lead Partners.
    requests
        Parameters of proposals; the first two are looked at in all ways.
    rules
        Identification rules.

    Returns
    -------
    answers
        Status, headers that say something, and body, by what was asked.
    """
    listener = Listener(client)
    dataset = listener.ask("POST", "/datasets", files=uploads, data={"name": "State"}).json()
    partners = listener.ask("POST", "/registers", files=register, data={"name": "Register"}).json()
    listener.ask("POST", "/checks", files=uploads)
    listener.ask("POST", "/zones", files=uploads)
    proposals = [_propose(listener, dataset["id"], parameters) for parameters in requests]
    _ask_about_rules(listener, dataset["id"], list(rules))
    known = {
        "dataset_id": dataset["id"],
        "register_id": partners["id"],
        "proposal_id": proposals[0]["id"],
        "other_id": proposals[1]["id"],
        **_ask_for_more(listener, dataset["id"], proposals[0], partners["id"]),
    }
    for path in _paths(client, known):
        listener.ask("GET", path, headers=_WAIT)
    _follow_links(listener)
    return listener.answers


def _propose(listener: Listener, dataset_id: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    body = {"dataset_id": dataset_id, "parameters": dict(parameters)}
    return dict(listener.ask("POST", "/proposals", str(parameters), json=body, headers=_WAIT).json())


def _ask_about_rules(listener: Listener, dataset_id: str, rules: list[Any]) -> None:
    for rule in rules:
        for form in ("json", "csv"):
            path = f"/datasets/{dataset_id}/identification?f={form}"
            listener.ask("POST", path, str(rule), json={"rule": rule})
    two = {"first": rules[0], "second": rules[-1]}
    listener.ask("POST", f"/datasets/{dataset_id}/rule-comparisons", json=two)
    listener.ask("POST", f"/datasets/{dataset_id}/cycles", json={"rule": rules[0]})


def _ask_for_more(listener: Listener, dataset_id: str, proposal: Mapping[str, Any], register_id: str) -> dict[str, str]:
    """Matches, a plan of the years, a plan of one's own and records; their identifiers."""
    own, known = f"/proposals/{proposal['id']}", {}
    for path in ("matches", "year-plans"):
        made = listener.ask("POST", f"{own}/{path}", json={"register_id": register_id}, headers=_WAIT).json()
        known[path] = made["id"]
    zone = proposal["proposal"]["zones"][0]
    rows = "".join(f"{each['school_id']},{zone['zone_id']}\n" for each in zone["members"])
    plan = {"plan": ("plan.csv", f"school_id,zone\n{rows}".encode(), "text/csv")}
    listener.ask("POST", f"/datasets/{dataset_id}/plans", files=plan, data={"name": "Plan"})
    who = {"by": "Ann Lee", "why": "The board agreed"}
    record = listener.ask("POST", f"{own}/zones/{zone['zone_id']}/record", json=who).json()
    return {**known, "record_id": record["record_id"], "zone_id": zone["zone_id"], "anchor_id": zone["anchor_id"]}


def _paths(client: TestClient, known: Mapping[str, str]) -> Iterator[str]:
    """Every GET route that the service describes, of what is known, as JSON and as CSV."""
    routes = client.get("/openapi.json").json()["paths"]
    for route, methods in sorted(routes.items()):
        if "get" not in methods:
            continue
        names = [each["name"] for each in methods["get"].get("parameters", [])]
        result = next((known[kind] for kind in ("matches", "year-plans") if route.startswith(f"/{kind}/")), "")
        values = {**known, "result_id": result, "rule_id": "bie_csi_graduation"}
        if any(f"{{{name}}}" in route and name not in values for name in names):
            continue
        path = route.format_map(values)
        settings = {"anchor_id": known["anchor_id"], **_FEW}
        query = "".join(f"{name}={value}&" for name, value in settings.items() if name in names)
        is_kept = path.endswith(_KEPT) or path.startswith(("/records", "/registers", "/checklists"))
        forms = ("json", "csv") if is_kept else ("json",)
        yield from (f"{path}?{query}f={form}" for form in forms) if "f" in names else [path]


def _follow_links(listener: Listener) -> None:
    """
    Every sort of page that the first page leads to, step by step.

    Pages of the same sort, of another proposal say, are asked for once. The files were asked for already.
    """
    waiting, seen = ["/"], set[bytes]()
    while waiting and len(seen) < _MOST_PAGES:
        path = urlsplit(waiting.pop(0)).path
        sort = _UUID.sub(b"*", path.encode())
        if sort in seen or (path != "/" and not path.startswith("/browse")) or path.endswith(_SLOW):
            continue
        seen.add(sort)
        response = listener.ask("GET", path, "as a page", headers={"Accept": "text/html"})
        waiting += dict.fromkeys(_LINK.findall(response.text))
