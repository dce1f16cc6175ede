"""What a child does not load."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

from clustering.readers.isolation.child.unneeded_packages import UnneededPackages


@pytest.mark.parametrize("name", ["pandas", "pandas.core.api", "geopandas", "shapely.geometry"])
def test_unneeded_packages_are_not_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [UnneededPackages(), *sys.meta_path])
    monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(ModuleNotFoundError, match="is not needed here"):
        __import__(name)


def test_all_others_are_left_to_the_next_finder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [UnneededPackages(), *sys.meta_path])
    for name in ("pyarrow", "pyogrio.raw"):
        monkeypatch.delitem(sys.modules, name, raising=False)
        assert find_spec(name) is not None, name
    assert find_spec("pandas_of_another_name") is None
