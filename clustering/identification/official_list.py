"""The official list of a rule: it overrules the rates, and the decision keeps both."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.errors import InputError, Problem
from clustering.identification.rules import OfficialList, Rule


def apply_list(table: pd.DataFrame, performance: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """
    Let the official list of a rule decide.

    Parameters
    ----------
    table
        Decisions by rates.
    performance
        ``Scenario.performance``.
    rule
        Without an official list nothing changes.

    Returns
    -------
    decisions
        Every school on the list is ``certain``, every other ``no``, whatever its rate or type: a list decides every
        school, but for those that are closed.

    Raises
    ------
    InputError
        There is no such column, or none of its entries is one that the rule names.
    """
    if rule.official is None:
        return table
    heading = _list_heading(performance, rule.official)
    entries = performance[heading].astype("str")
    wanted = [value.casefold() for value in rule.official.entries]
    if not entries.str.casefold().isin(wanted).any():
        found = ", ".join(sorted(performance[heading].dropna().unique())[:20]) or "nothing"
        message = f"No school has this entry in the column; it has {found}."
        raise _no_list(rule.official, message, "Use one of its entries.")
    entry = entries.reindex(table.index)
    on_list = entry.str.casefold().isin(wanted).to_numpy()
    is_open = ~(table["excluded_because"] == "closed").to_numpy(dtype=bool, na_value=False)
    listed = np.where(on_list, "certain", "no")
    return table.assign(
        certainty=pd.array(np.where(is_open, listed, table["certainty"]), dtype="str"),
        identified=on_list & is_open,
        source=pd.array(np.where(is_open, "official", "computed"), dtype="str"),
        list_entry=entry,
    )


def _list_heading(performance: pd.DataFrame, official: OfficialList) -> str:
    names = [str(name) for name in performance.columns if not str(name).startswith("graduation_rate")]
    for name in names:
        if name.casefold() == official.column.casefold():
            return name
    lists = ", ".join(names) or "none"
    message = f"No school or performance file has this column as a list; columns that can serve: {lists}."
    remedy = (
        "Name one of them, or give the list as a performance file. A column with numbers in its cells, such as Tier 1,"
        f" is a list only if it is named as one when the file is read: official_lists={official.column}."
    )
    raise _no_list(official, message, remedy)


def _no_list(official: OfficialList, message: str, remedy: str) -> InputError:
    value = f"official:{official.column}={'|'.join(official.entries)}"
    problem = Problem(table="parameters", column="identification", value=value, message=message, remedy=remedy)
    return InputError([problem])
