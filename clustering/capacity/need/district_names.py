"""The names of districts, as far as their schools say them."""

from __future__ import annotations

from clustering.capacity.need.zone_needs import ZoneNeeds


def name_district(needs: ZoneNeeds, district: str) -> str:
    """
    Name a district.

    Parameters
    ----------
    needs
        With the schools.
    district
        Its id.

    Returns
    -------
    name
        ``Ulverwick (0700068)``; the id alone where no school of it says the name.
    """
    schools = needs.schools
    names = schools.loc[(schools["district_id"] == district).fillna(value=False), "district_name"].dropna()
    name = min(map(str, names), default=district)
    return district if name == district else f"{name} ({district})"
