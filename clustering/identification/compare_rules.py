"""Two rules on the same schools, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clustering.identification.identify import identify_by_rules
from clustering.identification.result import Identification
from clustering.identification.rules import Rule
from clustering.model.disclosure_setting import Disclosure
from clustering.model.scenario import Scenario


@dataclass(frozen=True, kw_only=True)
class RuleComparison:
    """
    What changes from one rule to another.

    Parameters
    ----------
    first, second
        The identification by each rule.
    schools
        Index ``school_id`` of every school that either rule decides, sorted; ``name``, ``first``, ``second`` (the
        certainty by each rule; missing where it does not decide the school) and ``change``: ``gained`` (identified by
        the second only), ``lost`` (by the first only), ``both``, ``neither``.
    """

    first: Identification
    second: Identification
    schools: pd.DataFrame

    @property
    def counts(self) -> pd.DataFrame:
        """Schools by certainty of the first rule (rows) and of the second (columns)."""
        certainties = self.schools[["first", "second"]].astype(object).fillna("none")
        return pd.crosstab(certainties["first"], certainties["second"])

    @property
    def changes(self) -> dict[str, int]:
        """Schools of each ``change``."""
        found = self.schools["change"].value_counts()
        return {name: int(found.get(name, 0)) for name in ("gained", "lost", "both", "neither")}


def compare_rules(
    scenario: Scenario,
    first: Rule | str | dict[str, Any],
    second: Rule | str | dict[str, Any],
    *,
    year: int | None = None,
    disclosure: Disclosure = "protected",
) -> RuleComparison:
    """
    Put two rules to the same schools.

    Parameters
    ----------
    scenario
        Validated inputs.
    first, second
        Rules, or what :func:`~clustering.read_rule` takes.
    year, disclosure
        As for :func:`~clustering.identify_schools`.

    Returns
    -------
    comparison
        School by school, and counted.

    Raises
    ------
    InputError
        As :func:`~clustering.identify_schools`.
    """
    one, two = identify_by_rules(scenario, [first, second], year=year, disclosure=disclosure)
    both = one.decisions.add_suffix("_first").join(two.decisions.add_suffix("_second"), how="outer").sort_index()
    by_first, by_second = (
        both[f"identified_{side}"].astype("boolean").fillna(value=False).to_numpy(dtype=bool)
        for side in ("first", "second")
    )
    change = np.select([by_first & by_second, by_second, by_first], ["both", "gained", "lost"], default="neither")
    schools = pd.DataFrame(
        {
            "name": both["name_first"].fillna(both["name_second"]),
            "first": both["certainty_first"],
            "second": both["certainty_second"],
            "change": pd.array(change, dtype="str"),
        }
    )
    return RuleComparison(first=one, second=two, schools=schools)
