"""Requests that make whatever can be seen of a dataset, and the questions that every GET route is asked then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.oracles.disclosure_attacker.http_answers import Listener

_WAIT = {"Prefer": "wait=60"}
_WHO = {"by": "Ann Lee", "why": "The board agreed"}
_RULES = ("graduation_rate<0.67", "official:designation=CSI")
_ON_A_LIST: dict[str, Any] = {"identification": _RULES[1]}
_REQUESTS = (_ON_A_LIST, {**_ON_A_LIST, "years": [2021], "count_exits": True, "suppressed_students": 9})
_NAMES_ALONE = b"School,Feeds To\nE1,Oak Middle\nOak Middle,West High\n"
_CHECKLIST = b"item_id,area,title,required\n007,time,Longer day,yes\n"
_SET = b"set,indicator,title,least,greatest\nours,p1,Practice,0,2\n"
_TABLE = {"table": {"f": "csv"}, "document": {}}


@dataclass(frozen=True, kw_only=True)
class Given:
    """
    Files to upload, as ``(role, (name, content, media type))``.

    Parameters
    ----------
    dataset
        Schools, flows, and whatever else belongs to a dataset.
    register, assessments, progress
        Of Lead Partners, of readiness and of indicators.
    """

    dataset: Sequence[Any]
    register: Sequence[Any]
    assessments: Sequence[Any]
    progress: Sequence[Any]


def make_everything(listener: Listener, given: Given) -> None:
    """Ask every route that makes or computes something; the listener then knows what stands for the names in paths."""
    _upload(listener, given)
    _propose(listener)
    _ask_about_rules(listener)
    _draw_plans(listener)
    _upload_indicators(listener, given)
    _match(listener)
    _keep_records(listener)
    _release(listener)
    _execute(listener)
    listener.wait_for_jobs()
    _read_collections(listener)
    listener.made = set(listener.requested)


def _upload(listener: Listener, given: Given) -> None:
    known, any_role = listener.known, [("files", file) for _, file in given.dataset]
    named = [*(each for each in given.dataset if each[0] == "schools"), _file("flows", "names.csv", _NAMES_ALONE)]
    for path in ("/checks", "/browse/checks"):
        listener.ask("POST", path, files=any_role)
    for path in ("/name-matches", "/browse/name-matches"):
        listener.ask("POST", path, files=named)
    known["dataset_id"] = listener.ask("POST", "/datasets", files=given.dataset, data={"name": "State"}).json()["id"]
    listener.ask("POST", "/datasets", "again", files=given.dataset, data={"name": "Another name"})
    listener.ask("POST", "/browse/datasets", "again", files=given.dataset, data={"name": "Another name"})
    listener.ask("POST", "/zones", files=given.dataset)
    registered = listener.ask("POST", "/registers", files=given.register, data={"name": "Register"})
    known["register_id"] = registered.json()["id"]
    listener.ask("POST", "/registers", "of no match", files=given.register, data={"name": "Of no match"})
    listener.ask("POST", "/browse/registers", files=given.register, data={"name": "Of no match either"})
    own = [_file("checklist", "own.csv", _CHECKLIST)]
    known["checklist_id"] = listener.ask("POST", "/checklists", files=own).json()["checklist_id"]
    listener.ask("POST", "/browse/checklists", files=own)


def _propose(listener: Listener) -> None:
    known, proposals = listener.known, []
    for number, parameters in enumerate(_REQUESTS):
        body = {"dataset_id": known["dataset_id"], "parameters": parameters}
        proposals.append(listener.ask("POST", "/proposals", str(number), json=body, headers=_WAIT).json())
    known["proposal_id"], known["other_id"] = (each["id"] for each in proposals)
    zone = proposals[0]["proposal"]["zones"][0]
    known["zone_id"], known["anchor_id"] = zone["zone_id"], zone["anchor_id"]
    known["members"] = ",".join(each["school_id"] for each in zone["members"])
    form = {"rule": "official", "list_column": "designation", "list_value": "CSI"}
    listener.ask("POST", "/browse/datasets/{dataset_id}/proposals", data=form)
    listener.ask("POST", "/browse/proposals/{proposal_id}/again")
    listener.wait_for_jobs()
    known["job_id"] = listener.client.get("/jobs").json()[-1]["id"]
    listener.ask("POST", "/browse/jobs/{job_id}/cancel")


def _ask_about_rules(listener: Listener) -> None:
    own = "/datasets/{dataset_id}"
    for rule in _RULES:
        listener.ask("POST", f"{own}/identification", rule, json={"rule": rule})
        listener.ask("POST", f"{own}/identification", f"{rule} csv", json={"rule": rule}, params={"f": "csv"})
    listener.ask("POST", f"{own}/rule-comparisons", json={"first": _RULES[0], "second": _RULES[1]})
    listener.ask("POST", f"{own}/cycles", json={"rule": _RULES[0]})
    listener.ask("POST", "/rules/check", json=_RULES[0])
    listener.ask("POST", "/disclosure-policies/check", json={"preset": "delaware"})
    listener.ask("POST", f"{own}/crosswalk", json={"confirmed": [0]})
    listener.ask("POST", "/browse/datasets/{dataset_id}/crosswalk", data={"confirmed": ["0"]})
    listener.known |= {"rule_id": "bie_csi_graduation", "name": "standard"}


def _draw_plans(listener: Listener) -> None:
    known = listener.known
    rows = "".join(f"{school},{known['zone_id']}\n" for school in known["members"].split(","))
    plan = [_file("plan", "plan.csv", f"school_id,zone\n{rows}".encode())]
    listener.ask("POST", "/datasets/{dataset_id}/plans", files=plan)
    listener.ask("POST", "/browse/proposals/{proposal_id}/plans", files=plan)


def _upload_indicators(listener: Listener, given: Given) -> None:
    listener.ask("POST", "/datasets/{dataset_id}/indicator-sets", files=[_file("file", "sets.csv", _SET)])
    listener.ask("POST", "/datasets/{dataset_id}/assessments", files=given.assessments)
    listener.ask("POST", "/datasets/{dataset_id}/progress", files=given.progress)
    listener.ask("POST", "/browse/proposals/{proposal_id}/readiness", files=given.assessments)
    listener.ask("POST", "/browse/proposals/{proposal_id}/progress", files=given.progress)


def _match(listener: Listener) -> None:
    known = listener.known
    for name, path in (("match_id", "matches"), ("year_plan_id", "year-plans")):
        body = {"register_id": known["register_id"]}
        made = listener.ask("POST", f"/proposals/{{proposal_id}}/{path}", json=body, headers=_WAIT).json()
        known[name] = known["result_id"] = made["id"]
        listener.ask("POST", f"/browse/proposals/{{proposal_id}}/{path}", data=body)
        lock = {"lock": "force_served", "value": known["zone_id"]}
        listener.ask("POST", f"/browse/{path}/{{result_id}}/locks", data=lock)
        listener.ask("POST", f"/browse/{path}/{{result_id}}/again")
        listener.wait_for_jobs()


def _keep_records(listener: Listener) -> None:
    known = listener.known
    begin = "/proposals/{proposal_id}/zones/{zone_id:path}/record"
    known["record_id"] = listener.ask("POST", begin, json=_WHO).json()["record_id"]
    listener.ask("POST", f"/browse{begin}", "again", data=_WHO)
    zone = {"zone_id": "own", "name": "Own", "school_ids": known["members"].split(",")}
    listener.ask("POST", "/records", json={**_WHO, "zone": zone})
    contract = {"kind": "contract", "content": {"partner": "Prairie", "starts_on": "2022-07-01"}}
    changes = "/records/{record_id}/changes"
    listener.ask("POST", changes, json={**_WHO, **contract}, headers={"If-Match": '"1"'})
    form = {**_WHO, "seen": "2", "name": "Longer day", "condition_id": "day", "area": "time", "state": "asked"}
    listener.ask("POST", "/browse/records/{record_id}/change", params={"kind": "condition"}, data=form)
    file = f"zone_id,condition,state\n{known['zone_id']},Shared governance,asked\n"
    for path in ("/proposals/{proposal_id}/conditions", "/browse/proposals/{proposal_id}/conditions"):
        files = [_file("conditions", "ours.csv", file.encode())]
        listener.ask("POST", path, files=files, data={**_WHO, "seen": f"{known['record_id']}=3"})


def _release(listener: Listener) -> None:
    own, known = "/datasets/{dataset_id}/releases", listener.known
    body = {**_WHO, "title": "Zones", "proposal_ids": [known["proposal_id"]]}
    for number in ("kept", "withdrawn"):
        known["release_id"] = listener.ask("POST", own, number, json=body).json()["id"]
    listener.ask("POST", f"{own}/{{release_id}}/withdrawal", json=_WHO)
    listener.ask("GET", "/releases/{release_id}", "withdrawn")
    listener.ask("POST", f"/browse{own}", data={**body, "proposal_ids": known["proposal_id"]})
    known["release_id"] = listener.client.get("/releases").json()[0]["id"]
    listener.ask("POST", f"/browse{own}/{{release_id}}/withdrawal", data=_WHO)
    known["release_id"], known["number"] = listener.client.get("/releases").json()[0]["id"], "1"


def _execute(listener: Listener) -> None:
    known = listener.known
    known["process_id"] = "propose-zones"
    inputs = {"dataset_id": known["dataset_id"], "identification": _RULES[1], "maximum_schools": 9}
    listener.ask("POST", "/ogc/processes/{process_id}/execution", json={"inputs": inputs})


def _read_collections(listener: Listener) -> None:
    """Ask for every feature of every collection, as map programs do."""
    known = listener.known
    collections = ("schools-{dataset_id}", "links-{proposal_id}", "zone-schools-{proposal_id}", "zones-{proposal_id}")
    for name in collections:
        known["collection_id"] = name.format(**known)
        own = "/ogc/collections/{collection_id}"
        for path in (own, f"{own}/queryables", f"{own}/schema"):
            listener.ask("GET", path, name)
        found = listener.ask("GET", f"{own}/items", name, params={"limit": 1_000}).json()["features"]
        known["feature_id"] = found[0]["id"]
        listener.ask("GET", f"{own}/items/{{feature_id:path}}", name)
    others = known["name"]
    for known["name"] in ("zones.csv", "links.csv", "schools.csv", "datapackage.json"):
        listener.ask("GET", "/proposals/{proposal_id}/files/{name}", known["name"])
    known["name"] = "not-found"
    listener.ask("GET", "/problems/{name}", known["name"])
    known["name"] = others


def questions(known: Mapping[str, str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Queries by path, a name for each; a few draws and steps ask as much of small counts as many do."""
    slow: dict[str, dict[str, Any]] = {
        "reach": {"anchor_id": known["anchor_id"]},
        "plans": {"count": 2},
        "selection-frequency": {"maximum_plans": 5},
        "trade-off": {"maximum_schools": 5, "leakage_weights": 0.5},
        "stability": {"resamples": 2},
    }
    found = {
        f"{page}/proposals/{{proposal_id}}/{name}": {"": query}
        for name, query in slow.items()
        for page in ("", "/browse")
    }
    of_results: dict[str, dict[str, Any]] = {
        "matches/{result_id}/best-matches": {"count": 2},
        "matches/{result_id}/stability": {"draws": 2},
        "year-plans/{result_id}/best-year-plans": {"count": 2},
        "year-plans/{result_id}/frontier": {"points": 3},
        "year-plans/{result_id}/years-to-reach-all": {"longest": 4},
    }
    found |= {f"{page}/{path}": {"": query} for path, query in of_results.items() for page in ("", "/browse")}
    schools = ("/proposals/{proposal_id}/schools", "/releases/{release_id}/proposals/{number}/schools")
    found |= dict.fromkeys(schools, _TABLE)
    tables = {name: {"table": name, "f": "csv"} for name in ("summary", "values", "benchmarks")}
    entry = {"entry_fall": 2021}
    by_table = {name: {**entry, **query} for name, query in {"": {}, **tables}.items()}
    rule = {"rule": "official", "list_column": "designation", "list_value": "CSI"}
    return found | {
        "/proposals/{proposal_id}/progress": by_table,
        "/browse/proposals/{proposal_id}/progress": {"": entry},
        "/proposals/{proposal_id}/readiness": _TABLE,
        "/proposals/{proposal_id}/comparison/{other_id}": {
            "": {},
            "moves": {"table": "moves", "f": "csv"},
            "zones": {"table": "zones", "f": "csv"},
        },
        "/browse/proposals/{proposal_id}/comparison": {"": {"other_id": known["other_id"]}},
        "/browse/datasets/{dataset_id}/identification": {
            "": {},
            "asked": {**rule, "against": _RULES[0]},
            "table": {**rule, "f": "csv"},
        },
        "/browse/records/{record_id}/change": {
            kind: {"kind": kind} for kind in ("zone", "condition", "contract", "stage", "checklist")
        },
    }


def delete_everything(listener: Listener, given: Given) -> None:
    """Delete whatever can be, upload the dataset again, and ask what is left."""
    known = listener.known
    for name, path in (("match_id", "matches"), ("year_plan_id", "year-plans")):
        known["result_id"] = known[name]
        listener.ask("DELETE", f"/{path}/{{result_id}}")
        known["result_id"] = listener.client.get(f"/{path}").json()[0]["id"]
        listener.ask("POST", f"/browse/{path}/{{result_id}}/delete")
    for method, path in (("DELETE", "/registers/{register_id}"), ("POST", "/browse/registers/{register_id}/delete")):
        known["register_id"] = listener.client.get("/registers").json()[0]["id"]
        listener.ask(method, path)
    listener.ask("DELETE", "/jobs/{job_id}")
    listener.ask("DELETE", "/ogc/jobs/{job_id}")
    listener.ask("DELETE", "/proposals/{proposal_id}")
    listener.ask("DELETE", "/datasets/{dataset_id}")
    known["dataset_id"] = listener.ask("POST", "/datasets", "after deletion", files=given.dataset).json()["id"]
    listener.ask("POST", "/browse/datasets/{dataset_id}/delete")
    for path in ("/", "/datasets", "/proposals", "/records", "/browse/records", "/releases", "/ledger"):
        listener.ask("GET", path, "after all was deleted")


def _file(role: str, name: str, content: bytes) -> tuple[str, tuple[str, bytes, str]]:
    return (role, (name, content, "application/octet-stream"))
