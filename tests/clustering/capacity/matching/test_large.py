"""What large matches say instead of solving again for each pair: bounds, which hold."""

from __future__ import annotations

import pytest

from clustering.capacity.matching import losses
from clustering.capacity.matching.match_zones import match_zones
from clustering.errors import InfeasibleError, InputError
from tests.oracles.match_by_enumeration import random_instance


def test_bounds_hold_for_what_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = 0
    for seed in range(700, 714):
        instance = random_instance(seed)
        if instance.parameters.allow_parts:
            continue
        try:
            exact = match_zones(*instance)
        except (InputError, InfeasibleError):
            continue
        monkeypatch.setattr(losses, "MOST_OPTIONS", 0)
        bounded = match_zones(*instance)
        monkeypatch.undo()
        assert bounded.matches["partner_id"].tolist() == exact.matches["partner_id"].tolist()
        for one, other in zip(exact.reasons, bounded.reasons, strict=True):
            low, high, loss = other.without_pair.need_low, other.without_pair.need_high, one.without_pair.need_low
            if loss is not None and low is not None:
                assert other.without_pair.proof == "bounds"
                assert low <= loss <= (high if high is not None else float("inf"))
                checked += low > 0
        assert all(zone.if_served.proof == "not measured" for zone in bounded.unserved)
    assert checked > 1
