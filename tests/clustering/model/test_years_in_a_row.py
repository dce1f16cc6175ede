"""How far school years go on without a gap."""

from __future__ import annotations

import numpy as np

from clustering.model.years_in_a_row import last_in_a_row


def test_a_gap_ends_a_row_of_years() -> None:
    known = np.array([2018, 2015, 2016, 2019, 2016])
    years = np.array([2014, 2015, 2016, 2017, 2018, 2019, 2020])
    assert last_in_a_row(years, known).tolist() == [2013, 2016, 2016, 2016, 2019, 2019, 2019]
    assert last_in_a_row(years[:1], known[:0]).tolist() == [2013]
