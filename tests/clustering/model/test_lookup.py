"""Texts looked up in others, as pandas does it value by value."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from clustering.model.lookup import is_one_of

TEXTS = st.lists(st.one_of(st.none(), st.text(alphabet="ab0", max_size=2)), max_size=8)


@given(TEXTS, TEXTS)
def test_it_says_what_isin_says(column: list[str | None], texts: list[str | None]) -> None:
    rows, others = pd.Series(column, dtype="str"), pd.Series(texts, dtype="str")
    assert is_one_of(rows, others).tolist() == rows.isin(others).tolist()
    assert is_one_of(pd.Index(rows), pd.Index(others)).tolist() == rows.isin(others).tolist()
