"""
What printed numbers claim of the counts behind them.

A number that a document prints is a sum of counts, or one sum over another, known within the rounding of its last
digit. A number with its ends beside it claims to lie between them. Numbers of one sort make a family. The attacker is
told which families speak of true counts: those of which every number agrees with the truth. A family of numbers made of
protected counts does not, beyond a few, and misleads him.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from tests.oracles.disclosure_attacker.count_system import CountSystem

_PROMOTED = ("feeding", "unlisted destination", "against grade order")
_STUDENT_ROUNDING, _SHARE_ROUNDING = 0.0005001, 5.001e-7
_FEWEST = 8  # numbers of a family: fewer may agree with the truth by chance


@dataclass(frozen=True)
class Form:
    """A weighted sum of counts: their positions and weights, shape (n,)."""

    counts: np.ndarray
    weights: np.ndarray

    def plus(self, other: Form, times: float = 1.0) -> Form:
        """Add a multiple of another sum."""
        counts = np.concatenate([self.counts, other.counts])
        return Form(counts, np.concatenate([self.weights, times * other.weights]))


@dataclass(frozen=True, eq=False)
class Claim:
    """
    A weighted sum of counts that lies between two numbers, by what was printed.

    Parameters
    ----------
    family
        Which sort of number it is.
    form
        The sum.
    least, most
        Ends.
    """

    family: str
    form: Form
    least: float
    most: float

    def agrees(self, counts: np.ndarray) -> bool:
        """Whether counts are as claimed."""
        value = float(self.form.weights @ counts[self.form.counts])
        return self.least - 1e-6 <= value <= self.most + 1e-6

    @property
    def key(self) -> tuple[object, ...]:
        """The same for the same claim, printed again."""
        return (self.form.counts.tobytes(), self.form.weights.round(9).tobytes(), self.least, self.most)


class Reader:
    """
    Reads documents of proposals as claims on certain counts.

    Parameters
    ----------
    cells
        ``known_flows.CELL``, shape (n_counts,).
    final_grades
        Of each school, for who leaves out of its final grade.
    """

    def __init__(self, cells: pd.DataFrame, final_grades: Mapping[str, int]) -> None:
        self.years = cells["year"].astype("float64").to_numpy()
        kind = cells["kind"]
        final = cells["grade"].astype("float64") >= cells["origin"].map(final_grades).astype("float64")
        masks = {"moved": kind == "feeding", "promoted": kind.isin(_PROMOTED), "left": (kind == "exit") & final}
        self._rows = {
            (what, end): {str(key): np.asarray(rows) for key, rows in table.groupby(end).indices.items()}
            for what, mask in masks.items()
            for end, table in (("origin", _numbered(cells, mask)), ("destination", _numbered(cells, mask)))
        }
        self._numbers = {what: np.flatnonzero(mask.to_numpy()) for what, mask in masks.items()}

    def rows(self, what: str, end: str, schools: Iterable[str]) -> np.ndarray:
        """Positions of counts at certain schools."""
        found = [self._rows[what, end][school] for school in schools if school in self._rows[what, end]]
        return self._numbers[what][np.concatenate(found)] if found else np.zeros(0, dtype="int64")

    def claims(self, document: Mapping[str, Any], links: Sequence[Mapping[str, Any]]) -> Iterator[Claim]:
        """Read a proposal and its links."""
        settings = document["parameters"]
        years = settings["years"] or np.unique(self.years[~np.isnan(self.years)])
        sums = _Sums(self, np.isin(self.years, years) / max(1, len(years)), with_exits=bool(settings["count_exits"]))
        for link in links:
            yield from _of_link(sums, link)
        for zone in document["zones"]:
            yield from _of_zone(sums, zone, settings)


def _numbered(cells: pd.DataFrame, mask: pd.Series) -> pd.DataFrame:
    return cells.loc[mask, ["origin", "destination"]].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class _Sums:
    """Weights of counts in the sums that the model defines (docs/model.md)."""

    reader: Reader
    chosen: np.ndarray
    with_exits: bool

    def of(self, what: str, *, origins: Iterable[str] = (), destinations: Iterable[str] = ()) -> Form:
        origins, destinations = list(origins), list(destinations)
        found = [
            self.reader.rows(what, end, schools)
            for end, schools in (("origin", origins), ("destination", destinations))
            if schools
        ]
        rows = found[0] if len(found) == 1 else np.intersect1d(*found)
        rows = np.sort(rows[self.chosen[rows] > 0])
        return Form(rows, self.chosen[rows])

    def promoted(self, origins: Iterable[str]) -> Form:
        schools = list(origins)
        found = self.of("promoted", origins=schools)
        return found.plus(self.of("left", origins=schools)) if self.with_exits else found


def _of_link(sums: _Sums, link: Mapping[str, Any]) -> Iterator[Claim]:
    origin, destination = str(link["origin"]), str(link["destination"])
    students = sums.of("moved", origins=[origin], destinations=[destination])
    yield _number("students of links", students, link["students"])
    yield _between("ends of links", students, link["students_low"], link["students_high"])
    yield from _share("shares sent", students, sums.promoted([origin]), link["send_share"])
    yield from _share(
        "shares received", students, sums.of("promoted", destinations=[destination]), link["receive_share"]
    )


def _of_zone(sums: _Sums, zone: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[Claim]:
    anchors = [member["school_id"] for member in zone["members"] if member["role"] == "anchor"]
    feeders = [member["school_id"] for member in zone["members"] if member["role"] != "anchor"]
    if len(anchors) != 1 or not feeders:
        return
    metrics = zone["metrics"]
    promoted = sums.promoted(feeders)
    from_feeders = sums.of("moved", origins=feeders, destinations=anchors)
    yield _number("students promoted in Zones", promoted, metrics["promoted_students"])
    yield _number("students entering anchors", sums.of("promoted", destinations=anchors), metrics["entering_students"])
    yield _number("students entering from feeders", from_feeders, metrics["entering_from_feeders_students"])
    yield _number("students who left Zones", sums.of("left", origins=feeders), metrics["exit_students"])
    for member in zone["members"]:
        if member["promoted_students"] is not None and member["role"] != "anchor":
            school = [member["school_id"]]
            yield _number("students promoted", sums.promoted(school), member["promoted_students"])
            if member["exit_students"] is not None:
                yield _number("students who left", sums.of("left", origins=school), member["exit_students"])
    if settings["score_by"] == "moves":
        kept = sums.of("moved", origins=feeders, destinations=[*feeders, *anchors])
        yield _number("students retained by moves", kept, metrics["retained_students"])
        yield from _share("retention by moves", kept, promoted, metrics["retention"])


def _number(family: str, form: Form, printed: float) -> Claim:
    return _between(family, form, printed, printed)


def _between(family: str, form: Form, low: float, high: float) -> Claim:
    return Claim(family, form, low - _STUDENT_ROUNDING, high + _STUDENT_ROUNDING)


def _share(family: str, part: Form, whole: Form, printed: float | None) -> Iterator[Claim]:
    """A share says that the part less the share of the whole is about nothing: two linear bounds."""
    if printed is None or np.isnan(printed):
        return
    yield Claim(family, part.plus(whole, _SHARE_ROUNDING - printed), 0.0, np.inf)
    yield Claim(family, part.plus(whole, -_SHARE_ROUNDING - printed), -np.inf, 0.0)


@dataclass(frozen=True, eq=False)
class Judged:
    """
    Claims, family by family.

    Parameters
    ----------
    system
        With the claims of all families that speak of true counts.
    true_families
        Their names.
    wrong
        How many claims of each family the truth contradicts, and how many there are.
    """

    system: CountSystem
    true_families: tuple[str, ...]
    wrong: dict[str, tuple[int, int]]


def judge(system: CountSystem, claims: Iterable[Claim], truth: np.ndarray) -> Judged:
    """Add what the true families claim. What was printed again counts once."""
    families: dict[str, dict[tuple[object, ...], Claim]] = {}
    for claim in claims:
        families.setdefault(claim.family, {})[claim.key] = claim
    wrong = {
        name: (sum(not each.agrees(truth) for each in found.values()), len(found)) for name, found in families.items()
    }
    adopted = tuple(name for name, (number, of) in wrong.items() if number == 0 and of >= _FEWEST)
    kept = [each for name in adopted for each in families[name].values()]
    if kept:
        rows = np.repeat(np.arange(len(kept)), [len(each.form.counts) for each in kept])
        counts, weights = (np.concatenate([getattr(each.form, of) for each in kept]) for of in ("counts", "weights"))
        sums = csr_array((weights, (rows, counts)), shape=(len(kept), len(truth)))
        ends = (np.array([getattr(each, end) for each in kept]) for end in ("least", "most"))
        system = system.joined(sums, *ends)
    return Judged(system, adopted, wrong)
