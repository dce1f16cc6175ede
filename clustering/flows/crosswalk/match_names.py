"""Which listed school is meant by a name, where a file has no identifiers: by district and name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from clustering.flows.crosswalk.names import is_other_level, name_similarity, parse_name, plain_words, word_weights

MATCH_COLUMNS = (
    *("district_name", "school_name", "school_id", "matched_name", "matched_district", "score", "evidence", "is_exact"),
)
MOST_PROPOSED = 3
LEAST_SIMILARITY = 0.5
MOST_COMPARED = 2_000  # schools with which one name is compared: more than any district has
# Words that one list writes with the name of a district and another leaves out.
_OF_DISTRICTS = re.compile(
    r"\b(public|schools?|districts?|unified|independent|consolidated|community|corporation|division|isd|usd|cusd|csd|the)\b"
)


@dataclass(frozen=True, slots=True)
class _School:
    school_id: str
    name: str
    district: str
    districts: frozenset[str]  # its name and number, as they are compared


def match_names(names: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """
    Propose schools for names.

    Parameters
    ----------
    names
        ``district_name`` (a name or number; ``""`` where the file has none) and ``school_name``, each pair once.
    schools
        ``school_id``, ``name``, ``district_id``, ``district_name``, as published; blank is ``""``.

    Returns
    -------
    matches
        ``MATCH_COLUMNS``, for each name at most three rows, the best first; one without a school if nothing is similar.
        ``score`` is 0 to 1 (:func:`names.name_similarity`). ``is_exact``: the same name but for case, accents and
        signs, and no other school has it in the district or, where the file names no district that is known, in all
        files.
    """
    listed = _listed(schools)
    search = _Search(listed)
    rows = [row for pair in names.itertuples(index=False) for row in search.rows(str(pair[0]), str(pair[1]))]
    return pd.DataFrame(rows, columns=list(MATCH_COLUMNS))


def count_exact(names: pd.DataFrame, schools: pd.DataFrame) -> int:
    """Number of names that are exact, of the same tables as in :func:`match_names`; without comparing the others."""
    search = _Search(_listed(schools))
    pairs = names[["district_name", "school_name"]].itertuples(index=False)
    return sum(len(search.exact(str(district), str(name))) == 1 for district, name in pairs)


def _listed(schools: pd.DataFrame) -> list[_School]:
    chosen = schools[schools["name"] != ""].drop_duplicates("school_id").sort_values("school_id")
    columns = (chosen[name] for name in ("school_id", "name", "district_id", "district_name"))
    return [
        _School(school, name, district or number, frozenset({_district(number), _district(district)} - {""}))
        for school, name, number, district in zip(*columns, strict=True)
    ]


def _district(text: str) -> str:
    """A district as it is compared: without the words that only some lists write."""
    plain = plain_words(text)
    return " ".join(_OF_DISTRICTS.sub(" ", plain).split()) or plain


class _Search:
    """The listed schools by name, by district and by the words of their names."""

    def __init__(self, schools: Sequence[_School]) -> None:
        self._by_name: defaultdict[str, list[_School]] = defaultdict(list)
        self._by_district: defaultdict[str, list[_School]] = defaultdict(list)
        self._by_word: defaultdict[str, list[_School]] = defaultdict(list)
        self._weights: Mapping[str, float] = word_weights(school.name for school in schools)
        for school in schools:
            self._by_name[plain_words(school.name)].append(school)
            for district in sorted(school.districts):
                self._by_district[district].append(school)
            for word in sorted(parse_name(school.name).words):
                self._by_word[word].append(school)

    def exact(self, district: str, name: str) -> list[_School]:
        """The schools of the same name: those in the district, or all if the district is not known."""
        key = _district(district)
        same = self._by_name.get(plain_words(name), [])
        return [school for school in same if key in school.districts] if key and key in self._by_district else same

    def rows(self, district: str, name: str) -> Iterator[tuple[object, ...]]:
        """The rows of one name."""
        key = _district(district)
        in_district = self._by_district.get(key, ()) if key else ()
        exact = self.exact(district, name)
        scored = [(1.0, school) for school in exact] or self._similar(name, in_district)
        if not scored:
            yield (district, name, "", "", "", 0.0, "No school has a similar name.", False)
        for score, school in scored[:MOST_PROPOSED]:
            is_exact = len(exact) == 1
            evidence = _evidence(exact, score, has_district=bool(in_district), names_district=bool(key))
            yield (district, name, school.school_id, school.name, school.district, round(score, 2), evidence, is_exact)

    def _similar(self, name: str, in_district: Sequence[_School]) -> list[tuple[float, _School]]:
        wanted = parse_name(name)
        candidates = in_district or self._with_rarest_word(wanted.words)
        if len(candidates) > MOST_COMPARED:
            candidates = self._with_rarest_word(wanted.words)[:MOST_COMPARED]
        scored = (
            (name_similarity(wanted, other, self._weights), school)
            for school in candidates
            if not is_other_level(wanted, other := parse_name(school.name))
        )
        found = [(score, school) for score, school in scored if score >= LEAST_SIMILARITY]
        return sorted(found, key=lambda each: (-each[0], each[1].school_id))

    def _with_rarest_word(self, words: frozenset[str]) -> Sequence[_School]:
        known = [self._by_word[word] for word in sorted(words) if word in self._by_word]
        return min(known, key=len, default=[])


def _evidence(exact: Sequence[_School], score: float, *, has_district: bool, names_district: bool) -> str:
    where = "in the same district" if has_district else "in another district, or one that is not known"
    if not names_district:
        where = "in the schools files"
    if len(exact) == 1:
        return f"The same name, {where}."
    if exact:
        return f"The same name as {len(exact)} schools {where}."
    return f"A similar name, {where}." if score < 1 else f"The same name but for usual words, {where}."
