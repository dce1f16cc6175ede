"""A column of identifiers that is blank gives way to another that is known and filled."""

from __future__ import annotations

import pandas as pd
import pytest

from clustering import InputError, read_scenario

BLANK = {"NCES ID": ["", ""], "School Code": ["0101", "0102"], "grades": ["9-12", "6-8"]}


def test_a_blank_column_gives_way_to_a_filled_one_and_that_is_said() -> None:
    scenario = read_scenario(schools=pd.DataFrame(BLANK), require_flows=False)
    assert list(scenario.schools.index) == ["0101", "0102"]
    assert any("School Code was read instead" in warning.message for warning in scenario.report.warnings)


def test_the_preferred_column_stays_if_it_is_filled_or_the_user_says_so() -> None:
    table = pd.DataFrame(BLANK | {"NCES ID": ["900000000001", "900000000002"]})
    scenario = read_scenario(schools=table, require_flows=False)
    assert list(scenario.schools.index) == ["900000000001", "900000000002"]
    with pytest.raises(InputError, match="identifier"):
        read_scenario(schools=pd.DataFrame(BLANK), require_flows=False, options=["columns.school_id=NCES ID"])
    with pytest.raises(InputError, match="identifier"):
        read_scenario(schools=pd.DataFrame(BLANK | {"School Code": ["", ""]}), require_flows=False)
