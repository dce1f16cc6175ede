"""What a register says of each partner, and which column of a file it was read from, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

Document = Mapping[str, Any]
NOT_STATED = "not stated"
DUTY_STATES = ("met", "promised", "missing", "unknown")


class Fact(NamedTuple):
    """One thing that is known of a partner: what it is, and its value in words."""

    label: str
    value: str


class ColumnRead(NamedTuple):
    """A column of a file, and what it was read as; blank if it was not used."""

    heading: str
    field: str


def facts_by_partner(document: Document) -> dict[str, list[Fact]]:
    """
    Write down all that a register says of its partners.

    Parameters
    ----------
    document
        As ``clustering.register_document`` writes it.

    Returns
    -------
    facts
        By partner id, in the order of the register. Of a supporting partner only what can be said of one.
    """
    names = {each["partner_id"]: each["name"] for each in document["partners"]}
    return {
        each["partner_id"]: [
            *_who(each),
            *(() if each["kind"] == "supporting partner" else _what_it_runs(each, document["capacities"])),
            *_duties(document["duties"], each["partner_id"]),
            *_what_it_does(each, names),
            *_preferences_and_exclusions(each, document["preferences"]),
        ]
        for each in document["partners"]
    }


def columns_of(file: Document) -> list[ColumnRead]:
    """
    List the columns of a file with what they were read as.

    Parameters
    ----------
    file
        An entry of ``files`` of a register's document.

    Returns
    -------
    columns
        Those that were used, in the order of the fields, then those that were not.
    """
    used = [ColumnRead(heading, name) for name, heading in file["columns"].items()]
    return used + [ColumnRead(heading, "") for heading in file["unused_columns"]]


def describe_columns(file: Document) -> str:
    """
    Say in a line or two how the columns of a file were read.

    Parameters
    ----------
    file
        As for :func:`columns_of`.

    Returns
    -------
    sentences
        How many have the name of their field, which have another, and which were not used.
    """
    columns = columns_of(file)
    other = [each for each in columns if each.field and each.field != each.heading]
    unused = [each.heading for each in columns if not each.field]
    same = len(columns) - len(other) - len(unused)
    own_names = "1 column under its own name." if same == 1 else f"{same:,} columns under their own names."
    sentences = [own_names if same else ""]
    if other:
        sentences.append(f"Read as: {', '.join(f'{each.heading} = {each.field}' for each in other)}.")
    sentences.append(f"Not used: {', '.join(unused)}." if unused else "No column was left out.")
    return " ".join(filter(None, sentences))


def describe_cost(partner: Document) -> str:
    """
    Say in a few words what a partner costs.

    Parameters
    ----------
    partner
        An entry of ``partners`` of a register's document.

    Returns
    -------
    words
        Such as ``$850,000 a school and year ($700,000 to $850,000)``.
    """
    stated = [
        f"{_range(partner, name, '${:,.0f}')} a {unit} and year"
        for name, unit in (("cost_per_school", "school"), ("cost_per_student", "student"))
        if partner[name] is not None
    ]
    return ", ".join(stated) or "not stated: the request's default counts"


def _who(partner: Document) -> Iterable[Fact]:
    yield Fact("Kind", partner["kind"])
    yield Fact("Approval by the state", NOT_STATED if partner["approval"] == "unknown" else partner["approval"])
    if partner["home_district"] is not None:
        yield Fact("Home district", partner["home_district"])
    if partner["latitude"] is not None and partner["longitude"] is not None:
        source = "" if partner["position_source"] == "register" else f" (middle of the {partner['position_source']})"
        yield Fact("Home", f"{partner['latitude']:.4f}, {partner['longitude']:.4f}{source}")


def _what_it_runs(partner: Document, capacities: Sequence[Document]) -> Iterable[Fact]:
    yield Fact("Reach", _reach(partner))
    yield Fact("Levels", ", ".join(partner["levels"]) if 0 < len(partner["levels"]) < 3 else "all")
    yield Fact("Schools now", _number(partner["schools_now"]))
    yield Fact("Schools at most", _range(partner, "maximum_schools"))
    years = [each for each in capacities if each["partner_id"] == partner["partner_id"]]
    if years:
        by_year = (f"fall {each['fall']}: {_range(each, 'maximum_schools')}" for each in years)
        yield Fact("At most by year", "; ".join(by_year))
    start = partner["earliest_start"]
    yield Fact("Earliest start", "any year" if start is None else f"fall {start}")
    growth, ceiling = partner["growth_share"], partner["growth_ceiling"]
    yield Fact("Growth", "none" if growth is None else f"{growth:g} schools more for each school run two years")
    yield Fact("Ceiling of growth", "no limit" if ceiling is None else f"{ceiling:,.0f} schools")
    years_stated = partner["contract_years"]
    default = "not stated: the request's default counts"
    yield Fact(
        "Contract", default if years_stated is None else f"{years_stated} year{'' if years_stated == 1 else 's'}"
    )
    yield Fact("Cost", describe_cost(partner))


def _duties(duties: Sequence[Document], partner_id: str) -> Iterable[Fact]:
    own = [each for each in duties if each["partner_id"] == partner_id]
    states = {
        state: [each["duty"].replace("_", " ") for each in own if each["state"] == state] for state in DUTY_STATES
    }
    if own:
        yield Fact("Duties", "; ".join(f"{state}: {', '.join(each)}" for state, each in states.items() if each))


def _what_it_does(partner: Document, names: Mapping[str, str]) -> Iterable[Fact]:
    if partner["services"]:
        yield Fact("Services", ", ".join(partner["services"]))
    if partner["supporting_partners"]:
        named = (f"{names.get(each, each)} ({each})" for each in partner["supporting_partners"])
        yield Fact("Supporting partners", ", ".join(named))
    if partner["kind"] != "supporting partner" or partner["evidence"] is not None:
        yield Fact("Evidence of results", partner["evidence"] or NOT_STATED)
    if partner["evidence"] is not None or partner["evidence_source"] is not None:
        yield Fact("Source of the evidence", partner["evidence_source"] or "not stated: until then it is a claim")


def _preferences_and_exclusions(partner: Document, preferences: Sequence[Document]) -> Iterable[Fact]:
    """Preferences and exclusions that name the partner, or every partner."""
    if partner["kind"] == "supporting partner":
        return
    own = [each for each in preferences if each["partner_id"] in (partner["partner_id"], None)]
    for choice, label in (("prefer", "Preferred"), ("exclude", "Excluded")):
        sentences = [_preference(each) for each in own if each["choice"] == choice]
        if sentences:
            yield Fact(label, "; ".join(sentences))


def _preference(row: Document) -> str:
    targets = {"district": row["district_id"], "school": row["school_id"], "level": row["level"]}
    where = ", ".join(f"{noun} {target}" for noun, target in targets.items() if target is not None)
    why = "" if row["reason"] is None else f": {row['reason']}"
    return f"{where} (by the {row['stated_by']}{why})"


def _reach(partner: Document) -> str:
    districts, distance = partner["reach_districts"], partner["reach_km"]
    parts = []
    if districts:
        parts.append(f"district{'s' if len(districts) > 1 else ''} {', '.join(districts)}")
    if distance is not None:
        parts.append(f"within {distance:,.0f} km of its home")
    return ", ".join(parts) or "everywhere"


def _range(row: Document, name: str, form: str = "{:,.0f}") -> str:
    value, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    if value is None:
        return NOT_STATED
    ends = "" if low == high or low is None or high is None else f" ({form.format(low)} to {form.format(high)})"
    return f"{form.format(value)}{ends}"


def _number(value: float | None) -> str:
    return NOT_STATED if value is None else f"{value:,.0f}"
