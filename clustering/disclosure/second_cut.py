"""
Whether two datasets hold counts of the same students, told without their counts.

One protected base hides a count of a few students. A second base of the same students, cut differently (other years
pooled, a file corrected), hides it with other intervals, and what both say together is narrower. So a dataset leaves
facts behind: of which schools and school years it holds counts of which kind. Where the facts of two datasets meet,
the second is a second cut, unless what its base rests on there is the same to the last byte.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from clustering.model.scenario import Scenario

# Counts of promotions and of residents are shared by the school that students leave and by the one that they enter:
# a file may name only one of the two.
LEAVING = "promotions: students who leave a school"
ENTERING = "promotions: students who enter a school"
RESIDENTS = "residents: students by attendance area"
ATTENDING = "residents: students by the school they attend"
RATES = "rates"

_TAG_BYTES = 8
# What the protected base of flows and residents looks at beside them: sizes that are public.
_PUBLIC_COLUMNS = ["grades_offered", "enrolment_students"]
_WHOLE_TABLES = (
    *("flows", "performance", "rates", "grade_enrolment", "travel_times", "contiguity"),
    *("paths", "residents"),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class CountFact:
    """
    The schools of which a dataset holds counts of one kind in one school year.

    Parameters
    ----------
    kind
        ``LEAVING``, ``ENTERING``, ``RESIDENTS``, ``ATTENDING``, or ``RATES`` with a measure.
    year
        The fall of the school year; ``None`` where the files give no years: then it may be any.
    schools
        ``school_id``, sorted, each once.
    tags
        One for each school, uint64: equal tags stand for the same counts. They are keyed hashes, so they test no guess
        without the key. 0 stands for counts that are not known any more, and equals nothing.
    """

    kind: str
    year: int | None
    schools: pd.Index
    tags: np.ndarray


@dataclass(frozen=True, kw_only=True)
class SharedCounts:
    """
    What two datasets hold counts of, both.

    Parameters
    ----------
    schools
        Identifiers, sorted.
    years
        Falls of school years, sorted; without those that a file does not give.
    kinds
        Of the counts, sorted: ``promotions``, ``residents`` or ``rates``.
    has_unknown_years
        Whether one of the two gives no years, so that they count as shared.
    """

    schools: tuple[str, ...]
    years: tuple[int, ...]
    kinds: tuple[str, ...]
    has_unknown_years: bool


def count_facts(scenario: Scenario, *, key: bytes, with_all_rates: bool = False) -> tuple[CountFact, ...]:
    """
    Say of which schools and years a scenario holds counts of students.

    Parameters
    ----------
    scenario
        Exact inputs. Estimated flows are no counts.
    key
        Secret of whoever keeps the facts, at most 64 bytes.
    with_all_rates
        Whether published rates are protected too, and so count. Else those alone that are given with the number of
        their students.

    Returns
    -------
    facts
        One for each kind and school year. Promotions have one tag for the whole table, since their base pools years and
        grades; rates have one for each school and year.
    """
    public = [scenario.schools[_PUBLIC_COLUMNS], scenario.grade_enrolment]
    facts: list[CountFact] = []
    if not scenario.report.basis.is_estimated:
        tag = _tag_of_tables([scenario.flows, scenario.paths, *public], key)
        facts += _facts_of_cells(scenario.flows, (LEAVING, ENTERING), tag)
    tag = _tag_of_tables([scenario.residents, *public], key)
    facts += _facts_of_cells(scenario.residents, (RESIDENTS, ATTENDING), tag)
    rates = scenario.rates
    is_counted = (rates["status"] == "exact") & rates["cohort_students"].notna()
    is_counted |= rates["text"].str.contains(" of ", regex=False).fillna(value=False).astype(bool)
    return (*facts, *_facts_of_rates(rates if with_all_rates else rates[is_counted], key))


def content_tag(scenario: Scenario, *, key: bytes) -> str:
    """
    Hash all tables of a scenario with a key: equal inputs have equal tags.

    Parameters
    ----------
    scenario
        Exact inputs.
    key
        As for :func:`count_facts`.

    Returns
    -------
    tag
        Hexadecimal. Without the key no guess at a count can be tested with it.
    """
    points = pd.DataFrame({"geometry": np.asarray(scenario.schools.geometry.to_wkb(), dtype=object)})
    plain = pd.DataFrame(scenario.schools.drop(columns="geometry"))
    tables = [points, plain, *(getattr(scenario, name) for name in _WHOLE_TABLES)]
    return _digest_of_tables(tables, key).hex()


@dataclass(frozen=True, kw_only=True)
class PackedFact:
    """
    A fact as bytes.

    Parameters
    ----------
    schools
        Identifiers, compressed.
    tags
        Their tags, compressed; without a byte they are not known any more.
    """

    schools: bytes
    tags: bytes


def pack_fact(fact: CountFact) -> PackedFact:
    """Write a fact as bytes; kind and year are kept beside them."""
    schools = zlib.compress(json.dumps(fact.schools.tolist()).encode(), 1)
    return PackedFact(schools=schools, tags=zlib.compress(fact.tags.astype("<u8").tobytes(), 1))


def unpack_fact(packed: PackedFact, *, kind: str, year: int | None) -> CountFact:
    """Read what :func:`pack_fact` wrote."""
    schools = _unpack_schools(packed.schools)
    tags = np.frombuffer(zlib.decompress(packed.tags), "<u8") if packed.tags else np.zeros(len(schools), "uint64")
    return CountFact(kind=kind, year=year, schools=schools, tags=tags)


@lru_cache(maxsize=8)  # the facts of a dataset are mostly of the same schools
def _unpack_schools(packed: bytes) -> pd.Index:
    schools: pd.Index = pd.Index(json.loads(zlib.decompress(packed)), name="school_id", dtype=object)
    return schools


def shared_counts(facts: Sequence[CountFact], registered: Iterable[CountFact]) -> SharedCounts | None:
    """
    Find what a dataset holds counts of that another holds too.

    Parameters
    ----------
    facts
        Of the one.
    registered
        Of the other; those of other kinds and years cost nothing.

    Returns
    -------
    shared
        ``None`` where nothing meets, or where whatever meets has the same tags: then both have the same counts. Counts
        that only one of the two has are compared with those that only the other has: what is in both says nothing new.
    """
    index = _schools_of(facts)
    aligned, others = _aligned(facts, index), _aligned(list(registered), index)
    own_alone, others_alone = _alone(aligned, others), _alone(others, aligned)
    is_met = np.zeros(len(index), dtype=bool)
    years: set[int | None] = set()
    kinds: set[str] = set()
    for (kind, year), is_there in own_alone.items():
        for (other_kind, other_year), is_there_too in others_alone.items():
            if kind != other_kind or not (year is None or other_year is None or year == other_year):
                continue
            if (both := is_there & is_there_too).any():
                is_met |= both
                years |= {year, other_year}
                kinds.add(kind.split(":")[0])
    if not kinds:
        return None
    return SharedCounts(
        schools=tuple(sorted(index[is_met])),
        years=tuple(sorted(year for year in years if year is not None)),
        kinds=tuple(sorted(kinds)),
        has_unknown_years=None in years,
    )


class _Tags(NamedTuple):
    """Which schools of an index a fact is of, and their tags."""

    is_there: np.ndarray
    tags: np.ndarray


_ByKindAndYear: TypeAlias = dict[tuple[str, int | None], _Tags]


def _schools_of(facts: Sequence[CountFact]) -> pd.Index:
    """All schools of facts, each once."""
    different = list({id(fact.schools): fact.schools for fact in facts}.values())
    if len(different) == 1:
        return different[0]
    schools: pd.Index = pd.Index(sorted(set().union(*different)), dtype=object)
    return schools


def _aligned(facts: Sequence[CountFact], index: pd.Index) -> _ByKindAndYear:
    """Facts on one index; schools that are not in it are left out."""
    places_of: dict[int, np.ndarray] = {}
    aligned = {}
    for fact in facts:
        if id(fact.schools) not in places_of:
            places_of[id(fact.schools)] = index.get_indexer(fact.schools)
        places = places_of[id(fact.schools)]
        is_known = places >= 0
        tags, is_there = np.zeros(len(index), dtype="uint64"), np.zeros(len(index), dtype=bool)
        tags[places[is_known]], is_there[places[is_known]] = fact.tags[is_known], True
        aligned[fact.kind, fact.year] = _Tags(is_there, tags)
    return aligned


def _alone(facts: _ByKindAndYear, others: _ByKindAndYear) -> dict[tuple[str, int | None], np.ndarray]:
    """Schools of each fact of which the others do not hold the same counts: there is nothing new in the rest."""
    alone = {}
    for key, (is_there, tags) in facts.items():
        other = others.get(key)
        is_equal = False if other is None else is_there & other.is_there & (tags == other.tags) & (tags != 0)
        if (left := is_there & ~np.asarray(is_equal)).any():
            alone[key] = left
    return alone


def _facts_of_cells(cells: pd.DataFrame, kinds: tuple[str, str], tag: int) -> list[CountFact]:
    """Facts of a table by origin, destination and year, each kind for one of the two."""
    facts = []
    for kind, column in zip(kinds, ("origin", "destination"), strict=True):
        pairs = cells[[column, "year"]].dropna(subset=[column]).drop_duplicates()
        for year, part in pairs.groupby(pairs["year"].astype("Int64"), dropna=False, sort=True):
            schools = pd.Index(sorted(part[column].astype(str)), name="school_id", dtype=object)
            tags = np.full(len(schools), tag, dtype="uint64")
            facts.append(CountFact(kind=kind, year=_year(year), schools=schools, tags=tags))
    return facts


def _facts_of_rates(rates: pd.DataFrame, key: bytes) -> list[CountFact]:
    """Facts of rates: what is known of a school, a year and a measure is one thing, whatever the order of its rows."""
    if rates.empty:
        return []
    by = ["measure", "year", "school_id"]
    hashes = pd.Series(_hashes_of_rows(rates), index=rates.index)
    sums = hashes.groupby([rates[name] for name in by], dropna=False, sort=True, observed=True).sum()
    keyed = [_tag(number.to_bytes(_TAG_BYTES, "little"), key) for number in sums.astype("uint64").tolist()]
    known = sums.index.to_frame(index=False).assign(tag=np.array(keyed, dtype="uint64"))
    return [
        CountFact(
            kind=f"{RATES}: {measure}",
            year=_year(year),
            schools=pd.Index(part["school_id"].tolist(), name="school_id", dtype=object),
            tags=part["tag"].to_numpy(),
        )
        for (measure, year), part in known.groupby(["measure", "year"], dropna=False, sort=True, observed=True)
    ]


def _year(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def _tag_of_tables(tables: Sequence[pd.DataFrame], key: bytes) -> int:
    return _whole_number(_digest_of_tables(tables, key))


def _digest_of_tables(tables: Sequence[pd.DataFrame], key: bytes) -> bytes:
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for table in tables:
        digest.update(f"{len(table)}|{'|'.join(map(str, table.columns))}|".encode())
        digest.update(_hashes_of_rows(table).tobytes())
    return digest.digest()


def _hashes_of_rows(table: pd.DataFrame) -> np.ndarray:
    """A number for each row, its index included where that is more than numbers."""
    has_names = not isinstance(table.index, pd.RangeIndex) and table.index.name is not None
    return pd.util.hash_pandas_object(pd.DataFrame(table), index=has_names).to_numpy(dtype="uint64")


def _tag(content: bytes, key: bytes) -> int:
    return _whole_number(hashlib.blake2b(content, key=key, digest_size=_TAG_BYTES).digest())


def _whole_number(digest: bytes) -> int:
    """The beginning of a digest as a number, never 0."""
    return int.from_bytes(digest[:_TAG_BYTES], "little") or 1
