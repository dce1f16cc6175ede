"""
No hash that leaves the service lets a guess at a hidden number be tested.

The attacker knows the files but for the numbers of three groups of 1 to 9 students, and hashes each of the 729 guesses
as the service may have hashed the file. With the hash of the file in the ingest report this takes no time.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from clustering import propose_zones, read_scenario, report_document, write_proposal, write_report
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads, upload
from tests.examples.toy_district import toy_flows, toy_schools

TRUE = (3, 7, 5)
BY_LIST = {"identification": "official:designation=CSI"}
_HASHES = (hashlib.sha256, hashlib.sha1, hashlib.md5, hashlib.blake2b, hashlib.blake2s)


def rates(graduates: tuple[int, ...]) -> bytes:
    """Graduates of 9 students each, in three groups of one school."""
    lines = [f"0010,2022-23,{group},{count},9" for group, count in zip(("HOM", "FCS", "MIL"), graduates, strict=True)]
    return "\n".join(["school_id,school_year,subgroup,graduates,cohort", *lines, ""]).encode()


def recovered(texts: list[str]) -> list[tuple[int, ...]]:
    """Guesses whose hash, or the first 12 digits of it, stands in one of the texts."""
    told = {match[:12] for text in texts for match in re.findall(r"[0-9a-f]{12,}", text)}
    guesses = itertools.product(range(1, 10), repeat=3)
    return [guess for guess in guesses if told & {make(rates(guess)).hexdigest()[:12] for make in _HASHES}]


def answers_of_service(folder: Path) -> Iterator[str]:
    """Everything that the service says of the files."""
    files = [*toy_uploads(), upload("performance", rates(TRUE), "rates.csv")]
    with running_service(folder) as client:
        dataset = client.post("/datasets", files=files)
        assert dataset.status_code == 201, dataset.text
        yield dataset.text
        own = f"/datasets/{dataset.json()['id']}"
        proposal = ask_for_zones(client, dataset.json()["id"], **BY_LIST)
        for address in (own, f"{own}/set-aside", f"/browse{own}", "/jobs", *proposal["links"].values()):
            answer = client.get(address)
            yield answer.text + str(answer.headers)
        yield client.post(f"{own}/identification", json={"rule": "graduation_rate<0.67"}).text
        yield client.post("/zones", files=files, data={"set": "identification=official:designation=CSI"}).text
        yield client.post("/checks", files=[upload("files", rates(TRUE), "rates.csv")]).text


def test_no_answer_of_the_service_has_a_hash_of_hidden_numbers(tmp_path: Path) -> None:
    texts = list(answers_of_service(tmp_path))
    assert len(texts) > 15
    assert recovered(texts) == []
    scenario = scenario_of(TRUE)
    assert not [text for text in texts if scenario.content_sha256[:12] in text]


def scenario_of(graduates: tuple[int, ...]):  # type: ignore[no-untyped-def]
    table = pd.read_csv(io.BytesIO(rates(graduates)), dtype="str")
    return read_scenario(schools=toy_schools(), flows=toy_flows(), performance=table)


def test_the_attack_succeeds_where_a_file_is_hashed(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_bytes(rates(TRUE))
    report = read_scenario(schools=toy_schools(), flows=toy_flows(), performance=tmp_path / "rates.csv").report
    assert recovered([file.sha256 for file in report.files]) == [TRUE]  # in memory, whoever has the file in hand
    assert recovered([str(report_document(report))]) == []


@pytest.mark.parametrize("other", [(9, 1, 2)])
def test_files_of_protected_answers_are_the_same_bytes_for_every_guess(other: tuple[int, ...], tmp_path: Path) -> None:
    written = {}
    for name, graduates in {"true": TRUE, "guess": other}.items():
        scenario = scenario_of(graduates)
        paths = write_proposal(propose_zones(scenario, BY_LIST), tmp_path / name)
        paths += write_report(scenario.report, tmp_path / name)
        written[name] = {path.name: path.read_bytes() for path in paths}
    assert written["true"] == written["guess"]
