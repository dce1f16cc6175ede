"""The ways in which a state's identifier is written: ``NJ-130010-020``, ``130010020``, ``020`` beside its district."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clustering.readers.recognition.headings import heading_key
from clustering.readers.text.columns import TextColumn, numpy_of
from clustering.validation.findings import Findings

_STATE = r"^[A-Z]{2}-"
_DISTRICT = re.compile(
    r"(\w+_)?(district|lea|dist|county|corporation)(_?(id|code|no|number|num|cd|nbr))?|leaid|st_leaid"
)
_BETWEEN = "/"


@dataclass(frozen=True, kw_only=True)
class Form:
    """
    A way to write the state's identifiers.

    Parameters
    ----------
    name
        ``whole``, ``without state``, ``joined``, ``school``, or of a district and a school: ``district and school``,
        ``NCES district and school``, ``directory's district and school``.
    how
        What a warning says of it behind "the state's".
    is_part
        Whether it is only the school's part, so that few matches may be chance.
    """

    name: str
    how: str = ""
    is_part: bool = False


FORMS = (
    Form(name="whole"),
    Form(name="without state", how=", without the letters of the state"),
    Form(name="joined", how=", in one number"),
    Form(name="school", how=", of which the file has the school's part", is_part=True),
)
DISTRICT_FORMS = (
    Form(name="district and school"),
    Form(name="NCES district and school"),
    Form(name="directory's district and school"),
)


@dataclass(frozen=True)
class StateIds:
    """
    State identifiers and the schools that they stand for.

    Parameters
    ----------
    state_ids, school_ids
        Pairs, none blank.
    districts
        The district of each by the directory, ``""`` where it says none.
    source
        Files and headings that the pairs come from.
    is_own
        Whether they are the schools' own identifiers, which other files write without the signs between their parts.
    """

    state_ids: pa.StringArray
    school_ids: pa.StringArray
    districts: pa.StringArray
    source: str
    is_own: bool = False
    _forms: dict[str, tuple[pa.StringArray, pa.StringArray]] = field(default_factory=dict, repr=False)

    def in_form(self, form: Form) -> tuple[pa.StringArray, pa.StringArray]:
        """Identifiers written in a form, with their schools; those that stand for several schools are left out."""
        if form.name not in self._forms:
            written = self._written(form.name)
            encoded = written.dictionary_encode()
            codes = numpy_of(encoded.indices)
            once = (np.bincount(codes, minlength=len(encoded.dictionary)) == 1)[codes]
            once &= numpy_of(pc.not_equal(written, ""))
            if form.is_part and not once.all():  # several districts: who is meant is not clear
                once &= False
            records = pa.array(np.flatnonzero(once))
            self._forms[form.name] = written.take(records), self.school_ids.take(records)
        return self._forms[form.name]

    def school_parts(self) -> tuple[pa.StringArray, pa.StringArray]:
        """The school's parts of the identifiers, each with a whole one that has it."""
        written = self._written("school")
        differs = pc.not_equal(written, self.state_ids)
        return written.filter(differs), self.state_ids.filter(differs)

    def _written(self, form: str) -> pa.StringArray:
        bare = pc.replace_substring_regex(self.state_ids, pattern=_STATE, replacement="")
        district = pc.if_else(pc.match_substring(bare, "-"), pc.replace_substring_regex(bare, r"-[^-]*$", ""), "")
        school = pc.replace_substring_regex(bare, r"^.*-", "")
        if form == "whole":
            return self.state_ids
        if form == "without state":
            return bare
        if form == "joined":
            return pc.replace_substring(bare, "-", "")
        if form == "school":
            return school
        of_district = {
            "district and school": pc.replace_substring(district, "-", ""),
            "NCES district and school": pc.utf8_slice_codeunits(self.school_ids, 0, 7),
            "directory's district and school": self.districts,
        }[form]
        joined = pc.binary_join_element_wise(of_district, school, _BETWEEN)
        return pc.if_else(pc.equal(of_district, ""), "", joined)


def state_ids_of(files: Sequence[Findings]) -> StateIds | None:
    """
    Pair identifiers by the schools files that have both.

    Parameters
    ----------
    files
        Schools files; any of them may have a column such as ``ST_SCHID`` beside its own identifier.

    Returns
    -------
    pairs
        ``None`` if no file has a column of state identifiers.
    """
    parts: list[tuple[pa.StringArray, ...]] = []
    sources = []
    for findings in files:
        if "state_school_id" not in findings.headings:
            continue
        state, own = findings.texts("state_school_id"), findings.texts("school_id")
        records = np.flatnonzero(~state.is_blank() & ~own.is_blank())
        columns = state, own, findings.texts("district_id")
        parts.append(tuple(column.texts_at(records) for column in columns))
        sources.append(f"{findings.headings['state_school_id']} of {findings.table.name}")
    if not parts:
        return None
    state_ids, school_ids, districts = (pa.concat_arrays(each) for each in zip(*parts, strict=True))
    if len(parts) > 1:  # a school may stand in several of them
        pairs = pa.table([state_ids, school_ids, districts], names=["state", "own", "district"])
        once = pairs.group_by(["state", "own"], use_threads=False).aggregate([("district", "max")])
        state_ids, school_ids, districts = (once.column(number).combine_chunks() for number in range(3))
    return StateIds(state_ids, school_ids, districts, " and ".join(sources))


def own_ids_of(files: Sequence[Findings]) -> StateIds | None:
    """
    Pair the identifiers of the schools files with themselves, if they have parts, as ``49005-01`` has.

    Parameters
    ----------
    files
        Schools files.

    Returns
    -------
    pairs
        ``None`` if no identifier has parts.
    """
    named = [findings for findings in files if "school_id" in findings.headings]
    tables = []
    for findings in named:
        ids = findings.texts("school_id")
        records = np.flatnonzero(ids.spread(numpy_of(pc.match_substring(ids.texts, "-"))))
        columns = (ids.texts_at(records), findings.texts("district_id").texts_at(records))
        tables.append(pa.table(list(columns), names=["own", "district"]))
    if not any(map(len, tables)):
        return None
    once = pa.concat_tables(tables).group_by("own", use_threads=False).aggregate([("district", "max")])
    ids, districts = (once.column(number).combine_chunks() for number in range(2))
    return StateIds(ids, ids, districts, " and ".join(findings.table.name for findings in named), is_own=True)


def district_columns(headings: Sequence[str]) -> list[str]:
    """Headings that may name districts by number."""
    return [heading for heading in headings if _DISTRICT.fullmatch(heading_key(heading))]


def join_district(district: TextColumn, school: TextColumn) -> pa.StringArray:
    """District and school in the form of ``DISTRICT_FORMS``, one per record; blank where the district is."""
    districts = district.texts.take(pa.array(district.codes))
    bare = pc.replace_substring(pc.replace_substring_regex(districts, pattern=_STATE, replacement=""), "-", "")
    joined = pc.binary_join_element_wise(bare, school.texts.take(pa.array(school.codes)), _BETWEEN)
    return pc.if_else(pc.equal(bare, ""), "", joined)
