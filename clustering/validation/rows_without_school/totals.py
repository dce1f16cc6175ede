"""Names and identifiers of totals and averages, and of whole districts and states."""

from __future__ import annotations

import re

_PLACE = r"(state|district|county|city|region|regional|lea|parish|division|national|nation|local|school district)"
_FIGURE = r"(sub ?totals?|grand totals?|totals?|averages?|avg|mean|median|summary|aggregate|overall|results|level)"
_SCHOOLS = (
    r"(public |charter |private |district |state |county |elementary |middle |high |secondary )*"
    r"(schools|campuses|buildings)"
)
_WHOLE = "|".join(
    (
        r"sum|" + _FIGURE.replace("|results|level", ""),
        rf"{_PLACE} ?(wide)?",
        rf"{_PLACE} ?(wide)? ({_SCHOOLS} )?{_FIGURE}( .*)?",
        rf"all( {_SCHOOLS})?( (in|of|total|combined|statewide|districtwide)( .*)?)?",
        r"all (students|districts|leas|grades|pupils)",
        rf"{_SCHOOLS} {_FIGURE}",
        rf"(sub ?|grand )?totals? (for|of|all|{_PLACE}|statewide|schools|students|pupils|public|enrol\w*)( .*)?",
        r"(sum|average|mean|median) (of|for) .*",
        r".+ (sub ?|grand )?totals?",
        r".+ (state|district|county) average",
    )
)
_TOTAL = re.compile(_WHOLE)
# "Alder High School Total" is a row of that school.
_OF_ONE_SCHOOL = re.compile(
    r"\b(school|academy|elementary|elem|middle|high|junior|senior|center|centre|campus|college|institute|[emh]s)\b"
)
_OF_SEVERAL = re.compile(rf"\b(schools|campuses|buildings|{_PLACE})\b")
_DISTRICT = re.compile(
    r".*\b(school district|public schools|(county|city|parish|community|area|unified|independent) schools"
    r"|unified|isd|usd|cusd|school corporation|school division|school unit)( no)?( \d+)?"
    r"|state of .*|.* department of education"
)
# Those of digits, or blank.
IDENTIFIERS_OF_NOTHING = ("", *("0" * digits for digits in range(1, 21)), *("9" * digits for digits in range(1, 21)))
_NOTHING = re.compile(r"(0{3,}|9{3,}|-?9{1,2}|0|-1|n/?a|all|total|state|district)?", re.IGNORECASE)


def is_name_of_total(text: str) -> bool:
    """Tell whether a name, or what stands in place of an identifier, is that of a total, a district or a state."""
    words = re.sub(r"[\W_]+", " ", text.lower()).strip()
    if _TOTAL.fullmatch(words) is None:
        return False
    return _OF_SEVERAL.search(words) is not None or _OF_ONE_SCHOOL.search(words) is None


def is_identifier_of_nothing(text: str) -> bool:
    """Tell whether an identifier is blank, or one that files give to whole districts and states: 0000, 9999, ALL."""
    return _NOTHING.fullmatch(text) is not None


def is_of_district(text: str) -> bool:
    """Tell whether a name is that of a district or a state; some schools have such names too."""
    words = re.sub(r"[\W_]+", " ", text.lower()).strip()
    return _DISTRICT.fullmatch(words) is not None or is_name_of_total(text)
