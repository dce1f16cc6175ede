"""
A register of who could have run Zones in Washington, DC, around 2012: public facts only, each with its source.

What nobody published stays blank. It was not to be found who would have been approved, what a partner would have cost,
how far it reaches, which of the four duties it meets and, of all but one, how many schools it could take on. The
numbers of schools that KIPP DC can run are the numbers that it later did run, and these were new schools of its own.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from clustering import Proposal, Register, Scenario, parse_parameters, propose_zones, read_register, read_scenario

_COLUMNS = (
    "partner_id",
    "name",
    "kind",
    "home_district",
    "levels",
    "schools_now",
    "maximum_schools",
    "maximum_schools_2013",
    "maximum_schools_2014",
    "maximum_schools_2016",
    "supporting_partners",
    "evidence",
    "evidence_source",
)
_PARTNERS = (
    (
        *("dcps", "District of Columbia Public Schools", "district unit", "1", "elementary; middle; high"),
        *("123", "", "", "", "", ""),
        "It had 123 schools in the fall of 2012 and proposed to close some.",
        "DCPS, Proposed Consolidations and Reorganization, 13 November 2012 (scribd.com/doc/113136655)",
    ),
    (
        *("friendship", "Friendship Public Charter School", "organisation", "", "elementary; middle; high"),
        *("11", "", "", "", "", ""),
        (
            "It had six charter schools in the city and four district schools in Baltimore, and was responsible for"
            " curriculum and culture at Anacostia High School from September 2009. All who worked there had to apply"
            " again, and 85 percent were let go."
        ),
        "Washington Times, 25 October 2011; Washington Post, 11 June 2010",
    ),
    (
        *("kipp-dc", "KIPP DC", "organisation", "", "elementary; middle; high"),
        *("10", "10", "12", "13", "16", ""),
        "Ten schools in winter 2012, twelve in winter 2014, a thirteenth that summer, sixteen in September 2016.",
        (
            "KIPP DC, newsletters of winter 2012 and winter 2014 (issuu.com/lkellykippdc); facilitiesinitiative.org,"
            " 12 September 2016"
        ),
    ),
    (
        *("scholar-academies", "Scholar Academies", "organisation", "", "elementary; middle"),
        *("", "6", "", "", "", "city-year"),
        (
            "It has run Stanton Elementary School by a contract with DCPS since 2010, in 2012 also one charter school"
            " in the city, two schools in Philadelphia and an unknown number in Trenton, and wanted to have six."
        ),
        "schoolsthatcan.org; Young Friends of DC Scholars, 8 November 2012; Philadelphia Inquirer, 14 March 2013",
    ),
    (
        *("friends-of-bedford", "Friends of Bedford", "organisation", "", "high"),
        *("", "", "", "", "", ""),
        (
            "DCPS ended its contract for Dunbar High School in December 2010. That for Coolidge High School ran until"
            " the spring of 2011."
        ),
        "Washington Post, 8 December 2010",
    ),
    (
        *("city-year", "City Year", "supporting partner", "", "elementary"),
        *("", "", "", "", "", ""),
        "18 of its people served at Stanton Elementary School in February 2014.",
        "U.S. Department of Education, blog.ed.gov, February 2014",
    ),
)
_PREFERENCES = (
    ("friendship", "450", "prefer", "DCPS chose it for Anacostia (Washington Post, 11 June 2010)"),
    ("scholar-academies", "319", "prefer", "DCPS chose it for Stanton (WAMU, 1 August 2014)"),
    ("friends-of-bedford", "467", "exclude", "DCPS removed it from Dunbar (Washington Post, 8 December 2010)"),
)


def read_dc(folder: Path) -> tuple[Scenario, Proposal]:
    """The city as its files say, and the Zones of its counts around the high schools that it calls Priority."""
    scenario = read_scenario(schools=[folder / "schools.csv"], flows=[folder / "promotions.csv"])
    request = parse_parameters(["identification=official:esea_class=Priority", "disclosure=exact"])
    return scenario, propose_zones(scenario, request)


def dc_register(scenario: Scenario) -> Register:
    """The register, as a state would keep it."""
    partners = pd.DataFrame(_PARTNERS, columns=_COLUMNS, dtype="str")
    preferences = pd.DataFrame(_PREFERENCES, columns=["partner_id", "school_id", "choice", "reason"], dtype="str")
    return read_register(partners, preferences.assign(stated_by="district"), scenario=scenario)
