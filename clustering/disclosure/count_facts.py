"""
Facts about a dataset without its counts: of which schools and school years it holds counts of students.

A dataset leaves its facts behind. By them, ``second_cut`` finds out whether another dataset has counts of the same
students. Keyed hashes say whether two datasets have equal counts.

Whether an upload is taken tells whether it has equal counts. So it would answer guesses at the graduates of one school,
one after the other. Rates are therefore compared as they are shown to staff: what an upload is answered tells no more
than that. Promotions are compared as a whole table, which nobody guesses.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from clustering.disclosure.policy import DisclosurePolicy, parse_policy
from clustering.disclosure.protected_base import rate_protection
from clustering.disclosure.rates import with_protected_rates
from clustering.model.scenario import Scenario

# Counts of promotions and of residents are shared by the school that students leave and by the one that they enter:
# a file may name only one of the two.
LEAVING = "promotions: students who leave a school"
ENTERING = "promotions: students who enter a school"
RESIDENTS = "residents: students by attendance area"
ATTENDING = "residents: students by the school they attend"
RATES = "rates"

_TAG_BYTES = 8
# Public sizes, on which the protected base of flows and residents depends too.
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
        One for each school, uint64: equal tags stand for equal counts. They are keyed hashes, so without the key no
        guess can be tested with them. 0 stands for counts that are not known any more, and equals nothing.
    """

    kind: str
    year: int | None
    schools: pd.Index
    tags: np.ndarray


def count_facts(
    scenario: Scenario, *, key: bytes, policy: DisclosurePolicy | str = "standard"
) -> tuple[CountFact, ...]:
    """
    Find out of which schools and years a scenario holds counts of students.

    Parameters
    ----------
    scenario
        Exact inputs. Estimated flows are no counts.
    key
        Secret of whoever keeps the facts, at most 64 bytes.
    policy
        For staff. Unless its ``coarsen_rates`` is ``all``, only rates that are given with the number of students count.

    Returns
    -------
    facts
        One for each kind and school year. Promotions have one tag for the whole table, since their base pools years and
        grades; rates have one for each school and year, which is equal where the protected rates are.
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
    parsed = parse_policy(policy)
    protected = with_protected_rates(scenario, "protected", rate_protection(parsed)).rates
    return (*facts, *_facts_of_rates(protected if parsed.coarsen_rates == "all" else protected[is_counted], key))


def content_tag(scenario: Scenario, *, key: bytes, policy: DisclosurePolicy | str = "standard") -> str:
    """
    Hash all tables of a scenario with a key: equal inputs have equal tags, also if rates differ within their bands.

    Parameters
    ----------
    scenario
        Exact inputs.
    key, policy
        As for :func:`count_facts`.

    Returns
    -------
    tag
        Hexadecimal. Without the key no guess at a count can be tested with it.
    """
    scenario = with_protected_rates(scenario, "protected", rate_protection(parse_policy(policy)))
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
        Their tags, compressed; empty if they are not known any more.
    """

    schools: bytes
    tags: bytes


def pack_fact(fact: CountFact) -> PackedFact:
    """Write a fact as bytes, without its kind and year."""
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


def _facts_of_cells(cells: pd.DataFrame, kinds: tuple[str, str], tag: int) -> list[CountFact]:
    """Facts of a table with ``origin``, ``destination`` and ``year``: one kind for origins, one for destinations."""
    facts = []
    for kind, column in zip(kinds, ("origin", "destination"), strict=True):
        pairs = cells[[column, "year"]].dropna(subset=[column]).drop_duplicates()
        for year, part in pairs.groupby(pairs["year"].astype("Int64"), dropna=False, sort=True):
            schools = pd.Index(sorted(part[column].astype(str)), name="school_id", dtype=object)
            tags = np.full(len(schools), tag, dtype="uint64")
            facts.append(CountFact(kind=kind, year=_year(year), schools=schools, tags=tags))
    return facts


def _facts_of_rates(rates: pd.DataFrame, key: bytes) -> list[CountFact]:
    """Facts of rates, with one tag for each school, year and measure, whatever the order of the rows."""
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


def _year(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _tag_of_tables(tables: Sequence[pd.DataFrame], key: bytes) -> int:
    return _whole_number(_digest_of_tables(tables, key))


def _digest_of_tables(tables: Sequence[pd.DataFrame], key: bytes) -> bytes:
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for table in tables:
        digest.update(f"{len(table)}|{'|'.join(map(str, table.columns))}|".encode())
        digest.update(_hashes_of_rows(table).tobytes())
    return digest.digest()


def _hashes_of_rows(table: pd.DataFrame) -> np.ndarray:
    """A number for each row; it covers the index where that has names."""
    has_names = not isinstance(table.index, pd.RangeIndex) and table.index.name is not None
    return pd.util.hash_pandas_object(pd.DataFrame(table), index=has_names).to_numpy(dtype="uint64")


def _tag(content: bytes, key: bytes) -> int:
    return _whole_number(hashlib.blake2b(content, key=key, digest_size=_TAG_BYTES).digest())


def _whole_number(digest: bytes) -> int:
    """The beginning of a digest as a number, never 0."""
    return int.from_bytes(digest[:_TAG_BYTES], "little") or 1
