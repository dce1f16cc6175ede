"""What a generated state consists of."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from clustering.datasets.characteristics import publish_characteristics
from clustering.datasets.lead_partners import DrawnRegister
from clustering.datasets.published import (
    grade_texts,
    publish_directory,
    publish_geocodes,
    publish_graduation,
    publish_promotions,
    school_years,
)


@dataclass(frozen=True, kw_only=True)
class SampleState:
    """
    A fictional state as published tables.

    Parameters
    ----------
    directory
        CCD school directory, one row per school; all text.
    characteristics
        CCD school characteristics, Title I status among them; all text.
    geocodes
        EDGE geocodes; ``LAT``, ``LON`` [degrees], everything else text.
    promotions
        ``school_year``, ``origin_ncessch``, ``destination_ncessch``, ``grade``, ``next_grade`` (text; missing for those
        who left) and ``students``; -1 is suppressed, 1 to 9 students.
    graduation_rates
        EDFacts' wide form.
    identified_schools
        ``NCESSCH``, ``SCH_NAME``, ``DESIGNATION``.
    accountability
        ``accountability.COLUMNS``, all text.
    lead_partners, partner_preferences
        ``lead_partners.PARTNER_COLUMNS`` and ``lead_partners.PREFERENCE_COLUMNS``, all text.
    enrolled
        Not published: ``school_year``, ``ncessch``, ``grade`` and ``students`` behind every origin, grade and year of
        ``promotions``. Exact counts plus suppressed ones add up to it.
    command
        The call that makes the same state again.
    indicators
        ``conditions.INDICATOR_COLUMNS``, all text; without a row for a state that is too large, and for the toy
        district.
    readiness
        ``conditions.READINESS_COLUMNS``, all text; without a row where there are no ``indicators``.
    conditions
        ``zone_conditions.CONDITION_COLUMNS``, all text; without a row where no rate is low enough, and where there are
        no ``indicators``.
    """

    directory: pd.DataFrame
    characteristics: pd.DataFrame
    geocodes: pd.DataFrame
    promotions: pd.DataFrame
    graduation_rates: pd.DataFrame
    identified_schools: pd.DataFrame
    accountability: pd.DataFrame
    lead_partners: pd.DataFrame
    partner_preferences: pd.DataFrame
    enrolled: pd.DataFrame
    command: str
    indicators: pd.DataFrame = field(default_factory=pd.DataFrame)
    readiness: pd.DataFrame = field(default_factory=pd.DataFrame)
    conditions: pd.DataFrame = field(default_factory=pd.DataFrame)


def publish_state(  # noqa: PLR0913 (each is a table)
    schools: pd.DataFrame,
    *,
    flows: pd.DataFrame,
    enrolled: pd.DataFrame,
    graduation: pd.DataFrame,
    listed: pd.DataFrame,
    accountability: pd.DataFrame,
    register: DrawnRegister,
    command: str,
) -> SampleState:
    """
    Bring a state into published shapes.

    Parameters
    ----------
    schools
        Ordered by identifier; see ``published.publish_directory``, ``published.publish_geocodes`` and
        ``characteristics.publish_characteristics``.
    flows
        ``flows.FLOW_COLUMNS``, after suppression.
    enrolled
        ``fall``, ``origin``, ``grade``, ``students``.
    graduation, listed
        See ``graduation.draw_graduation`` and ``graduation.list_officially``.
    accountability
        See ``accountability.draw_accountability``.
    register
        See ``lead_partners.draw_register``.
    command
        The call that makes the same state again.
    """
    on_list = schools.take(listed["row"].to_numpy()).reset_index(drop=True)
    designation = listed["designation"].astype("str")
    return SampleState(
        directory=publish_directory(schools),
        characteristics=publish_characteristics(schools),
        geocodes=publish_geocodes(schools),
        promotions=publish_promotions(flows, schools["ncessch"]),
        graduation_rates=publish_graduation(schools, graduation),
        identified_schools=pd.DataFrame(
            {"NCESSCH": on_list["ncessch"], "SCH_NAME": on_list["name"], "DESIGNATION": designation}
        ),
        accountability=accountability,
        lead_partners=register.partners,
        partner_preferences=register.preferences,
        enrolled=pd.DataFrame(
            {
                "school_year": school_years(enrolled["fall"]),
                "ncessch": schools["ncessch"].take(enrolled["origin"].to_numpy()).reset_index(drop=True),
                "grade": grade_texts(enrolled["grade"].to_numpy()),
                "students": enrolled["students"].to_numpy(),
            }
        ),
        command=command,
    )
