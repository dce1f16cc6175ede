"""Files that are read alone."""

import pytest

from clustering.errors import InputError
from clustering.ingest.open_one_file import open_one_file
from tests.examples.sound_files import membership


@pytest.mark.parametrize(("role", "wanted"), [("plan", "plan of Zones"), ("checklist", "checklist of conditions")])
def test_a_file_of_another_kind_is_refused_with_what_is_wanted(role: str, wanted: str) -> None:
    with pytest.raises(InputError) as caught:
        open_one_file(membership(), role, None, None)
    (problem,) = caught.value.problems
    assert wanted in problem.message
    assert f"kind={wanted}" in problem.remedy
