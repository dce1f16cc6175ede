"""How similar the names of two schools are, by the words that distinguish schools."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import fsum, log

from rapidfuzz import fuzz

# A name that gives away the level of a school; "lower" and "upper" schools are told by independent and charter schools.
_LEVELS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("es", "elem", "elementary", "primary", "grammar", "lower"), frozenset({"elementary"})),
    **dict.fromkeys(("ms", "middle", "jhs", "jr", "junior", "is", "intermediate"), frozenset({"middle"})),
    **dict.fromkeys(("hs", "shs", "high", "senior", "sr"), frozenset({"high"})),
    "upper": frozenset({"middle", "high"}),
}
# Words that half of all names have and that change when a school is renamed, merged or chartered.
_GENERIC = frozenset(
    "a academy academies and at building campus center centre charter complex education educational for in magnet no of"
    " ps public pcs s sch school schools the".split()
)
_SAME_WORD = {"saint": "st", "mount": "mt", "fort": "ft", "doctor": "dr", "centre": "center", "pchs": "hs"}
_PHRASES = (
    (re.compile(r"\bmartin luther king\b( jr\b| junior\b)?"), "mlk"),
    (re.compile(r"\beducation(al)? campus\b|\bec\b"), ""),
    (re.compile(r"\b(junior|jr) high\b"), "jhs"),
    (re.compile(r"\b(senior|sr) high\b"), "hs"),
    (re.compile(r"\b(?:public|charter|school)s? schools?\b"), ""),
)
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8"}
_RAREST = ""  # the key of the weight of words that no other school has
_TYPING_ERROR = 88.0
# However long the rest: Anderson is not Andersen until someone has looked.
_MISTYPED = 0.94
_OPPOSITES = (("east", "west"), ("north", "south"))
# The same words housed elsewhere ("Lincoln at Oak Street", "Lincoln at Elm Street"): one school that moved, or two.
_OTHER_SITE = 0.9
_OTHER_NUMBER = 0.3


@dataclass(frozen=True, slots=True)
class SchoolName:
    """
    A name taken apart.

    Parameters
    ----------
    words
        Words and numbers that tell the school from others, without accents, generic words and words of level.
    site_words
        Those behind "at" or "@", where the school is only housed.
    numbers
        The numbers among ``words``, without leading zeros.
    levels
        ``elementary``, ``middle``, ``high``, as far as the name says.
    joined
        All words in their order without spaces: "Blow-Pierce" and "Blowpierce" are alike.
    """

    words: frozenset[str]
    site_words: frozenset[str]
    numbers: frozenset[str]
    levels: frozenset[str]
    joined: str


@lru_cache(maxsize=1 << 18)
def parse_name(text: str) -> SchoolName:
    """
    Take a school's name apart.

    Parameters
    ----------
    text
        As published, in any case.

    Returns
    -------
    name
        See :class:`SchoolName`; without words where the text has only generic ones.
    """
    head, _, tail = plain_words(text).partition(" @ ")
    words, levels = _words(head)
    site_words, site_levels = _words(tail)
    if not words:
        words, site_words = site_words, []
    everything = [*words, *site_words]
    return SchoolName(
        words=frozenset(words),
        site_words=frozenset(site_words),
        numbers=frozenset(word for word in words if word[0].isdigit()),
        levels=frozenset(levels or site_levels),
        joined="".join(everything),
    )


def plain_words(text: str) -> str:
    """A name in lower case, without accents and signs, its words one blank apart; ``@`` stands for "at"."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = re.sub(r"['’`.]", "", plain).replace("&", " and ")
    return re.sub(r"[^a-z0-9@]+", " ", re.sub(r"\s@\s*|\bat\b", " @ ", plain)).strip()


def _words(plain: str) -> tuple[list[str], set[str]]:
    for pattern, replacement in _PHRASES:
        plain = pattern.sub(replacement, plain)
    # Initials stand apart in one list and together in another: "m c terrell", "mc terrell".
    plain = re.sub(r"\b([a-z]) (?=[a-z]\b)", r"\1", plain)
    words: list[str] = []
    levels: set[str] = set()
    for raw in plain.split():
        word = _SAME_WORD.get(raw, _ROMAN.get(raw, raw))
        number = re.fullmatch(r"0*(\d+)(?:st|nd|rd|th)?", word)
        if word in _LEVELS:
            levels |= _LEVELS[word]
        elif number:
            words.append(number.group(1))
        elif word not in _GENERIC:
            words.append(word)
    return words, levels


def word_weights(names: Iterable[str]) -> dict[str, float]:
    """
    Weigh words by how rare they are: of "Friendship Woodridge" it is the second that tells which school.

    Parameters
    ----------
    names
        Of all schools, as published.

    Returns
    -------
    weights
        Word to ``log(1 + n / df)``: ``n`` names, ``df`` of them with the word; inverse document frequency [1]_.

    References
    ----------
    .. [1] Sparck Jones, K. (1972). A statistical interpretation of term specificity. doi:10.1108/eb026526.
    """
    parsed = [parse_name(name) for name in names]
    counts = Counter(word for name in parsed for word in name.words | name.site_words)
    return {_RAREST: log(1 + len(parsed)), **{word: log(1 + len(parsed) / count) for word, count in counts.items()}}


def name_similarity(one: SchoolName, other: SchoolName, weights: Mapping[str, float]) -> float:
    """
    Share of the telling words that two names have in common.

    Parameters
    ----------
    one, other
        From :func:`parse_name`.
    weights
        From :func:`word_weights`; a word it does not have weighs as much as the rarest.

    Returns
    -------
    similarity
        0 to 1: weight of the common words over the mean weight of both names. Words that differ by a typing error count
        by their likeness, and the whole then for 0.94 at most. At most 0.3 where both have numbers and these differ: PS
        48 is not PS 49. Levels play no part: they are compared apart.
    """
    if not one.words or not other.words:
        return 0.0
    unknown = weights[_RAREST]
    whole = _common_share(one.words | one.site_words, other.words | other.site_words, weights, unknown)
    if one.site_words or other.site_words:
        whole = max(whole, _OTHER_SITE * _common_share(one.words, other.words, weights, unknown))
    if one.joined == other.joined:
        whole = 1.0
    if one.numbers != other.numbers and one.numbers and other.numbers:
        return min(whole, _OTHER_NUMBER)
    return whole


def is_other_level(one: SchoolName, other: SchoolName) -> bool:
    """Whether both names say their level and have none in common: Lincoln Elementary and Lincoln Middle."""
    return bool(one.levels and other.levels and not one.levels & other.levels)


def _common_share(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float], unknown: float) -> float:
    def weight(word: str) -> float:
        return weights.get(word, unknown) * (0.5 if len(word) <= 2 and not word.isdigit() else 1.0)

    total = fsum(map(weight, one)) + fsum(map(weight, other))
    common = 2 * fsum(map(weight, one & other))
    left, limit = sorted(other - one), 1.0
    for word in sorted(one - other):
        likeness, match = max(((_likeness(word, candidate), candidate) for candidate in left), default=(0.0, ""))
        if likeness > 0:
            common += likeness * (weight(word) + weight(match))
            left.remove(match)
            limit = _MISTYPED
    return min(limit, common / total)


def _likeness(word: str, other: str) -> float:
    if min(len(word), len(other)) < 4 or word[0].isdigit() or other[0].isdigit():
        return 0.0
    if any(word.replace(one, opposite) == other.replace(one, opposite) for one, opposite in _OPPOSITES):
        return 0.0
    return fuzz.ratio(word, other, score_cutoff=_TYPING_ERROR) / 100
