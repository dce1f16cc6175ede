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
from dataclasses import dataclass, replace

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
    tags
        Index ``school_id``, uint64: equal tags stand for the same counts. They are keyed hashes, so they test no guess
        without the key. 0 stands for counts that are not known any more, and equals nothing.
    """

    kind: str
    year: int | None
    tags: pd.Series


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
    schools = zlib.compress(json.dumps(fact.tags.index.tolist()).encode(), 1)
    return PackedFact(schools=schools, tags=zlib.compress(fact.tags.to_numpy(dtype="<u8").tobytes(), 1))


def unpack_fact(packed: PackedFact, *, kind: str, year: int | None) -> CountFact:
    """Read what :func:`pack_fact` wrote."""
    schools = pd.Index(json.loads(zlib.decompress(packed.schools)), name="school_id", dtype=object)
    tags = np.frombuffer(zlib.decompress(packed.tags), "<u8") if packed.tags else np.zeros(len(schools), "uint64")
    return CountFact(kind=kind, year=year, tags=pd.Series(tags, index=schools))


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
    others = list(registered)
    own_alone, others_alone = _without_equal(facts, others), _without_equal(others, facts)
    schools: set[str] = set()
    years: set[int] = set()
    kinds: set[str] = set()
    has_unknown_years = False
    for own in own_alone:
        for other in others_alone:
            if own.kind != other.kind or not (own.year is None or other.year is None or own.year == other.year):
                continue
            met = own.tags.index[other.tags.index.get_indexer(own.tags.index) >= 0]
            if met.empty:
                continue
            schools.update(met)
            years |= {each for each in (own.year, other.year) if each is not None}
            kinds.add(own.kind.split(":")[0])
            has_unknown_years |= None in (own.year, other.year)
    if not schools:
        return None
    return SharedCounts(
        schools=tuple(sorted(schools)),
        years=tuple(sorted(years)),
        kinds=tuple(sorted(kinds)),
        has_unknown_years=has_unknown_years,
    )


def _without_equal(facts: Sequence[CountFact], others: Sequence[CountFact]) -> list[CountFact]:
    """The facts without the schools of which the others hold the same counts: there is nothing new in those."""
    tags_of = {(other.kind, other.year): other.tags for other in others}
    left = []
    for fact in facts:
        other = tags_of.get((fact.kind, fact.year))
        if other is not None:
            places = other.index.get_indexer(fact.tags.index)
            tags = fact.tags.to_numpy()
            is_equal = (places >= 0) & (tags == other.to_numpy()[places]) & (tags != 0)
            fact = replace(fact, tags=fact.tags[~is_equal])  # noqa: PLW2901
        if len(fact.tags):
            left.append(fact)
    return left


def _facts_of_cells(cells: pd.DataFrame, kinds: tuple[str, str], tag: int) -> list[CountFact]:
    """Facts of a table by origin, destination and year, each kind for one of the two."""
    facts = []
    for kind, column in zip(kinds, ("origin", "destination"), strict=True):
        pairs = cells[[column, "year"]].dropna(subset=[column]).drop_duplicates()
        for year, part in pairs.groupby(pairs["year"].astype("Int64"), dropna=False, sort=True):
            schools = pd.Index(sorted(part[column].astype(str)), name="school_id")
            facts.append(CountFact(kind=kind, year=_year(year), tags=pd.Series(np.uint64(tag), index=schools)))
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
        CountFact(kind=f"{RATES}: {measure}", year=_year(year), tags=part.set_index("school_id")["tag"])
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
