"""The headings of feeder tables, which say what school each school feeds and count no students."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

FEEDER_LEVELS = ("elementary_school", "middle_school", "high_school")
# Headings of identifiers come before those of names.
FEEDER_ALIASES: Mapping[str, Sequence[str]] = {
    "origin": (
        *("feeder_school_id", "feeder_id", "feeder_school_code", "feeder_school_number", "feeder_ncessch"),
        *("origin", "origin_id", "origin_school", "origin_school_id", "origin_ncessch", "from", "from_school_id"),
        *("sending_school_id", "home_school_id", "zoned_school_id", "current_school_id", "school_id", "school_code"),
        *("ncessch", "feeder_school", "feeder_school_name", "feeder_schools", "feeder", "feeders", "feeding_school"),
        *("sending_school", "sending_school_name", "from_school", "from_school_name", "origin_name"),
        *("origin_school_name", "home_school", "current_school", "school", "school_name", "sch_name", "name"),
    ),
    "destination": (
        *("receiving_school_id", "receiving_school_code", "receiving_school_number", "receiving_ncessch"),
        *("feeds_to_id", "feeds_to_school_id", "feeds_into_id", "destination", "destination_id"),
        *("destination_school", "destination_school_id", "destination_ncessch", "to", "to_school_id"),
        *("next_school_id", "feeds_to", "feeds_into", "feeds", "feeder_to", "feeds_to_school"),
        *("feeds_to_school_name", "feeds_into_school", "feeds_to_schools", "receiving_school", "receiving_schools"),
        *("receiving_school_name", "to_school", "to_school_name", "destination_name", "destination_school_name"),
        *("destination_schools", "destinations", "next_school", "next_school_name", "next_level_school"),
        *("promotes_to", "matriculates_to", "articulates_to", "articulation_school", "feeder_pattern_school"),
    ),
    "elementary_school": (
        *("elementary_school_id", "elementary_id", "es_id", "elementary_school", "elementary_schools"),
        *("elementary_school_name", "elementary", "elementaries", "elem_school", "elem", "es", "es_name"),
        *("primary_school", "primary"),
    ),
    "middle_school": (
        *("middle_school_id", "middle_id", "ms_id", "middle_school", "middle_schools", "middle_school_name", "middle"),
        *("middles", "ms", "ms_name", "junior_high_school", "junior_high", "jr_high", "intermediate_school"),
        *("intermediate", "middle_junior_high"),
    ),
    "high_school": (
        *("high_school_id", "high_id", "hs_id", "high_school", "high_schools", "high_school_name", "high", "highs"),
        *("hs", "hs_name", "senior_high_school", "senior_high", "sr_high"),
    ),
    "share": (
        *("share", "shares", "percent", "pct", "percentage", "percent_of_students", "pct_of_students", "proportion"),
        *("fraction", "share_of_students", "feeder_share", "feeder_percent", "percent_feeding", "split"),
    ),
    "year": ("year", "school_year", "ea_year", "origin_year", "fall_year", "spring_year", "academic_year"),
}
