"""A corpus of odd files: each is read rightly as it is, or once the remedy of its message has been followed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clustering import Problem, Scenario, read_scenario, report_with_counts
from clustering.readers.raw_table import NamedFile
from tests.faulty_files.followed_remedies import follow, options_to_type
from tests.faulty_files.odd_containers import odd_containers
from tests.faulty_files.odd_edits import odd_edits
from tests.faulty_files.odd_estimates import odd_estimates
from tests.faulty_files.odd_file import LOOKS, SOUND, Content, OddFile, as_bytes
from tests.faulty_files.odd_flows import odd_flows
from tests.faulty_files.odd_ingest import odd_ingest
from tests.faulty_files.odd_others import odd_others
from tests.faulty_files.odd_pairs import odd_pairs
from tests.faulty_files.odd_places import odd_places
from tests.faulty_files.odd_rate_tables import odd_rate_tables
from tests.faulty_files.odd_rates import odd_rates
from tests.faulty_files.odd_school_warnings import odd_school_warnings
from tests.faulty_files.odd_schools import odd_schools
from tests.faulty_files.odd_sources import odd_sources
from tests.faulty_files.odd_students import odd_students
from tests.faulty_files.odd_texts import odd_texts
from tests.faulty_files.odd_warnings import odd_warnings

CORPUS = [
    *odd_rates(),
    *odd_rate_tables(),
    *odd_flows(),
    *odd_pairs(),
    *odd_schools(),
    *odd_places(),
    *odd_others(),
    *odd_edits(),
    *odd_sources(),
    *odd_containers(),
    *odd_texts(),
    *odd_students(),
    *odd_ingest(),
    *odd_warnings(),
    *odd_school_warnings(),
    *odd_estimates(),
]
# Without flows a file is read in half the time.
NEED_NO_FLOWS = ("schools", "performance")


@pytest.fixture(scope="module")
def sound_scenarios() -> dict[Any, Scenario]:
    """What was read of the files that remedies lead to, since many lead to the same one."""
    return {}


def warnings_of(scenario: Scenario) -> tuple[Problem, ...]:
    """Those of the files, and those that depend on counts of students."""
    return report_with_counts(scenario, "exact").warnings


@pytest.mark.parametrize("odd", CORPUS, ids=lambda odd: f"{odd.role}: {odd.name}")
def test_an_odd_file_is_read_rightly_once_its_remedy_is_followed(
    odd: OddFile, tmp_path: Path, sound_scenarios: dict[Any, Scenario]
) -> None:
    def read(is_edited: bool, options: Sequence[str]) -> Scenario:
        key = sound_key(odd) if is_edited and odd.is_asked and not options else None
        if key is None:
            return read_anew(is_edited, options)
        if key not in sound_scenarios:
            sound_scenarios[key] = read_anew(is_edited, options)
        return sound_scenarios[key]

    def read_anew(is_edited: bool, options: Sequence[str]) -> Scenario:
        data = odd.edit if is_edited and odd.edit is not None else odd.data
        arguments = arguments_of(odd, data, tmp_path)
        if is_edited:
            for role, each in odd.added.items():
                own = arguments[role][:1] if role == odd.role else []
                arguments[role] = [*own, _given(each, f"{role}.csv", tmp_path)]
        given = odd.later_options if is_edited and odd.later_options is not None else options
        return read_scenario(**arguments, options=given)

    can_edit = odd.edit is not None or bool(odd.added) or odd.later_options is not None
    scenario, errors = follow(read, odd.name, options=odd.options, by_hand=odd.by_hand, can_edit=can_edit)
    assert bool(errors) == odd.is_asked, list(map(str, errors))
    said = [problem for problem in errors or warnings_of(scenario) if problem.table == (odd.table or odd.name)]
    words = [odd.says] if isinstance(odd.says, str) else odd.says
    about = [problem for problem in said if any(each and each in problem.message for each in words)]
    assert all(any(each in problem.message for problem in about) for each in words if each), list(map(str, said))
    found = LOOKS[odd.look](scenario) if odd.look else {}
    assert {key: found.get(key) for key in odd.right} == dict(odd.right)
    if about and not errors:
        remedies = [option for warning in about for option in options_to_type(warning.remedy, odd.name, odd.by_hand)]
        if len(words) > 1:  # one edit follows them all
            remedies = []
        if remedies or can_edit:
            given = {option.partition("=")[0]: option for option in (*odd.options, *remedies)}
            later = list(given.values()) if odd.later_options is None else odd.later_options
            again = read(not remedies, later)
            assert [str(each) for each in warnings_of(again) if each.message in {one.message for one in about}] == []
            found = LOOKS[odd.look](again) if odd.look else {}
            assert {key: found.get(key) for key in odd.then} == dict(odd.then)


def sound_key(odd: OddFile) -> tuple[Any, ...] | None:
    """Files that are read alike have the same key; ``None`` where they are not compared."""
    files = (odd.edit, *odd.beside.values())
    is_plain = not odd.added and all(isinstance(each, str | bytes) for each in files)
    return (odd.role, odd.edit, *odd.beside.items()) if is_plain else None


def arguments_of(odd: OddFile, data: Content, folder: Path) -> dict[str, Any]:
    """The odd file among sound ones of the other roles."""
    none = ["flows"] if (odd.role in NEED_NO_FLOWS and "flows" not in odd.beside) or odd.role == "students" else []
    none += [role for role, each in odd.beside.items() if isinstance(each, str) and not each]
    tables = {role: each for role, each in {**SOUND, **odd.beside}.items() if role not in none}
    arguments = {role: [_given(each, f"{role}.csv", folder)] for role, each in tables.items() if role != odd.role}
    requires = "flows" in tables or odd.role == "students"
    own = [_given(odd.beside[odd.role], f"{odd.role}.csv", folder)] if odd.role in odd.beside else []
    return arguments | {odd.role: [_given(data, odd.name, folder), *own], "require_flows": requires}


def _given(data: Content, name: str, folder: Path) -> Any:
    if isinstance(data, pd.DataFrame):
        return data
    path = folder / str(len(list(folder.iterdir())))
    if callable(data):
        path.mkdir()
        return data(path)
    path.write_bytes(as_bytes(data))
    return NamedFile(path, name)
