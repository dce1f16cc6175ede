"""How a file is to be read where guessing is wrong, or must not be tried: options of the user, per file name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from clustering.errors import NAMED_OPTIONS, InputError, Problem
from clustering.model.level_words import parse_level
from clustering.model.parameter_model import ParameterModel
from clustering.model.parameter_types import NUMBER_OR_NONE, plain_value, sound_characters
from clustering.model.spelling import british
from clustering.model.validation_errors import Wording, fault, shown_value, sound_text, unreadable
from clustering.readers.text.headings import in_one_line
from clustering.readers.text.printed_marks import Marks, marks_of

YearConvention = Literal["fall", "spring"]
RateUnit = Literal["percent", "share"]
DecimalSign = Literal["comma", "point"]
TimeUnit = Literal["minutes", "seconds", "hours"]
MAXIMUM_SETTINGS = 200
DELIMITER_NAMES = {"comma": ",", "tab": "\t", "\\t": "\t", "pipe": "|", "caret": "^", "semicolon": ";"}


def _delimiter(value: object) -> object:
    """Take the name of a delimiter for the delimiter."""
    sign = DELIMITER_NAMES.get(value.lower(), value) if isinstance(value, str) else value
    if sign is not None and sign not in DELIMITER_NAMES.values():
        raise fault("There is no such delimiter.", "Give comma, tab, pipe, caret or semicolon.")
    return sign


def _text_or_none(value: object) -> object:
    return None if value is None else sound_characters(value)


def _british_keys(value: object) -> object:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise unreadable()
    spelled = [british(name) for name in value]
    if twice := sorted({name for name in spelled if spelled.count(name) > 1}):
        raise fault("A column is given in two spellings.", f"Give one heading for {', '.join(twice)}.")
    return {british(name): _heading(heading) for name, heading in value.items()}


def _heading(value: object) -> object:
    text = _text_or_none(value)
    return in_one_line(text) if isinstance(text, str) else text


def split_joined(heading: str) -> list[str]:
    """Headings of the columns from which an identifier is joined; one for a plain heading."""
    return [part.strip() for part in heading.split("+")]


def _entries(value: object) -> object:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) and name.strip() for name in value):
        raise unreadable()
    return {in_one_line(name): _text_or_none(entry) for name, entry in value.items()}


def _level(value: object) -> object:
    text = _text_or_none(value)
    if isinstance(text, str):
        try:
            parse_level(text)
        except ValueError:
            raise fault("There is no such level.", "Give elementary, middle, high, or grades such as 9-12.") from None
    return text


TextOption = Annotated[str | None, BeforeValidator(_text_or_none)]


class FileOptions(ParameterModel):
    """What the user says of a file; ``None`` leaves it to recognition."""

    wording: ClassVar[Wording] = Wording(table="options", noun="option")

    kind: TextOption = Field(
        default=None,
        description="What kind of file it is, by the names in docs/files.md; matrix for flows or travel times with a"
        " column per destination.",
    )
    encoding: TextOption = Field(default=None, description="A Python codec name, such as cp1252.")
    delimiter: Annotated[Literal[",", "\t", "|", "^", ";"] | None, BeforeValidator(_delimiter)] = Field(
        default=None, description="The sign between cells, or its name: comma, tab, pipe, caret, semicolon."
    )
    has_header: Annotated[bool | None, BeforeValidator(plain_value)] = Field(
        default=None,
        description="Whether a record holds the names of the columns. Without one they are called column 1, column 2"
        " ...",
    )
    header_row: Annotated[int | None, Field(ge=1, le=999_999), NUMBER_OR_NONE] = Field(
        default=None,
        description="Row of that record. The first row of the file is 1. Whatever stands above is left out.",
    )
    year_convention: YearConvention | None = Field(
        default=None,
        description="What a bare year such as 2022 means: the fall of school year 2022-23, or the spring of 2021-22.",
    )
    repeated: Literal["first", "merge"] | None = Field(
        default=None,
        description="What several records of one school are: first takes the first and sets the others aside, merge"
        " takes them for sites of one school, with the grades of all and the enrolment added up. Without it they are"
        " an error.",
    )
    school_year: TextOption = Field(
        default=None,
        description="School year of all records, such as 2022-23, for student records without such a column.",
    )
    snapshot: TextOption = Field(
        default=None,
        description="Day of the count, as 10-01: a student belongs to the school attended on it. none for none.",
    )
    unit: TimeUnit | None = Field(
        default=None, description="What travel times are in, where their heading does not say."
    )
    suppressed: TextOption = Field(
        default=None,
        description="Marks that stand for suppressed values, such as ~ or MSK; a comma between several.",
    )
    missing: TextOption = Field(
        default=None,
        description="Marks that stand for values that are not known, such as NC or -99; a comma between several.",
    )
    rate_unit: RateUnit | None = Field(
        default=None,
        description="What rates without a percent sign are: percent (67) or share (0.67). Without it each column shows"
        " it.",
    )
    decimal: DecimalSign | None = Field(
        default=None, description="Decimal sign of the numbers: comma (61,5) or point (61.5)."
    )
    sheet: TextOption = Field(default=None, description="Which sheet of a workbook.")
    layer: TextOption = Field(default=None, description="Which layer of a spatial file.")
    crs: TextOption = Field(
        default=None,
        description="Reference system of the geometry, or of a table's coordinate columns, such as EPSG:2272;"
        " also as WKT, PROJJSON or a PROJ string. With ,latitude_first behind it latitude is written before longitude.",
    )
    identifier_digits: Annotated[int | None, Field(ge=1, le=64), NUMBER_OR_NONE] = Field(
        default=None,
        description="Digits of the identifiers of schools: those of fewer digits get zeros in front.",
    )
    level: Annotated[str | None, BeforeValidator(_level)] = Field(
        default=None,
        description="What schools all polygons of a catchment file are of: elementary, middle, high, or grades such as"
        " 9-12.",
    )
    official_lists: TextOption = Field(
        default=None,
        description="Headings of columns that are official lists whatever is in their cells, such as Tier with Tier 1;"
        " a | between several. Their entries are shown. Without it a column with any number, share or mark of"
        " suppression is no list.",
    )
    columns: Annotated[dict[str, str], BeforeValidator(_british_keys)] = Field(
        default_factory=dict,
        description="Name of a column to its heading, such as school_id to ES_ID. It goes before every alias. YEAR in a"
        " heading stands for the year of each column that is otherwise called the same. An identifier in several"
        " columns is joined: school_id to CountyCode+SchoolCode.",
    )
    rows: Annotated[dict[str, str], BeforeValidator(_entries)] = Field(
        default_factory=dict,
        description="Heading of a column to its entry in the records that are read, such as Subgroup to All Students."
        " Several entries are separated by |. The other records are set aside.",
    )

    @property
    def marks(self) -> Marks:
        """The marks named in ``suppressed`` and ``missing``."""
        return marks_of(self.suppressed, self.missing)

    def named_headings(self) -> frozenset[str]:
        """Headings that ``columns`` and ``official_lists`` name, each part of a joined identifier among them."""
        parts = {part for heading in self.columns.values() for part in split_joined(heading)}
        return frozenset({*self.columns.values(), *parts, *self.list_headings()})

    def list_headings(self) -> frozenset[str]:
        """Headings that ``official_lists`` names."""
        return frozenset(filter(None, (in_one_line(part.strip()) for part in (self.official_lists or "").split("|"))))


Options = Mapping[str, FileOptions]


def options_for(name: str, options: Options) -> FileOptions:
    """
    Join the options that hold for one file.

    Parameters
    ----------
    name
        Its name.
    options
        File name, or a pattern with ``*``, to options. Those of the very name go before those of a pattern.

    Returns
    -------
    joined
        One set of options.
    """
    joined = FileOptions()
    for pattern in sorted(options, key=lambda each: (each == name, len(each))):
        if pattern == name or fnmatchcase(name, pattern):
            joined = joined_options(joined, options[pattern])
    return joined


def joined_options(general: FileOptions, special: FileOptions) -> FileOptions:
    """Join two sets of options for a file; the special ones go before the general ones."""
    more = {option: value for option, value in vars(special).items() if value is not None}
    mappings = {name: {**getattr(general, name), **more[name]} for name in NAMED_OPTIONS}
    return general.with_changes(**{**more, **mappings})


def parse_file_options(texts: Iterable[str] | str) -> dict[str, FileOptions]:
    """
    Read options given as text, as the command line and HTTP take them.

    Parameters
    ----------
    texts
        One or more: ``NAME:option=value`` for one file, ``*.csv:option=value`` for several, ``option=value`` for all;
        a column as ``NAME:columns.school_id=ES_ID``, an entry as ``NAME:rows.Subgroup=All Students``.

    Returns
    -------
    options
        File name or pattern to :class:`FileOptions`.

    Raises
    ------
    InputError
        Unknown options or unreadable values: all of them at once.
    """
    given = [texts] if isinstance(texts, str) else [str(text) for text in texts]
    if len(given) > MAXIMUM_SETTINGS:
        raise InputError([_problem("options", None, f"There are more than {MAXIMUM_SETTINGS} options.", "Give fewer.")])
    problems: list[Problem] = []
    values_of: dict[str, dict[str, Any]] = {}
    for text in given:
        left, separator, value = text.partition("=")
        pattern, _, name = left.rpartition(":")
        pattern, name = pattern.strip() or "*", name.strip()
        option, _, canonical = name.partition(".")
        values = values_of.setdefault(pattern, {})
        if not separator or option not in FileOptions.model_fields or bool(canonical) != (option in NAMED_OPTIONS):
            remedy = (
                f"Write NAME:option=value with an option of {_KNOWN}; a column as columns.school_id=HEADING, the entry"
                " of the records to read as rows.COLUMN=ENTRY."
            )
            problems.append(_problem(name or text, value or None, "There is no such option.", remedy))
            continue
        of_option = values.setdefault(option, {}) if canonical else values
        if (key := canonical or option) in of_option:
            problems.append(_problem(name, value, "The option is given twice.", "Give it once for each file."))
        of_option[key] = value.strip() or value
    options = {}
    for pattern, values in values_of.items():
        try:
            options[pattern] = FileOptions(**values)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return options


def _problem(name: str, value: str | None, message: str, remedy: str) -> Problem:
    return Problem(table="options", column=sound_text(name), value=shown_value(value), message=message, remedy=remedy)


_KNOWN = ", ".join(FileOptions.model_fields)
