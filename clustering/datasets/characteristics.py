"""Title I status, virtual instruction and the like of the generated schools, in the shape of CCD's characteristics."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clustering.datasets.names import STATE_CODE, STATE_LETTERS, STATE_NAME
from clustering.datasets.schools import KINDS, NEWEST_FALL

# Least hardship for each status in an elementary school; districts seldom run programs in high schools.
_STATUSES = (
    (0.40, "SWELIGSWPROG", "Title I schoolwide school"),
    (0.33, "TGELGBTGPROG", "Title I targeted assistance school"),
    (0.28, "TGELGBNOPROG", "Title I targeted assistance eligible school-No program"),
)
_NOT_TITLE1 = ("NOTTITLE1ELIG", "Not a Title I school")
_HIGH_SCHOOL_MARGIN = 0.05


def publish_characteristics(schools: pd.DataFrame) -> pd.DataFrame:
    """
    Write schools as the CCD file of school characteristics does, all text.

    Parameters
    ----------
    schools
        ``ncessch``, ``leaid``, ``name``, ``kind``, ``highest``, ``is_charter`` and ``hardship`` [0 to 1]. Nothing is
        drawn by chance.
    """
    margin = np.where(schools["highest"] > 8, _HIGH_SCHOOL_MARGIN, 0.0)
    reached = [schools["hardship"] >= least + margin for least, _, _ in _STATUSES]
    local = schools["leaid"].str[2:]
    is_choice = np.array([kind.tier == "choice" for kind in KINDS])[schools["kind"]]
    columns: dict[str, object] = {
        "SCHOOL_YEAR": f"{NEWEST_FALL}-{NEWEST_FALL + 1}",
        "FIPST": STATE_CODE,
        "STATENAME": STATE_NAME,
        "ST": STATE_LETTERS,
        "SCH_NAME": schools["name"],
        "STATE_AGENCY_NO": "01",
        "UNION": "",
        "ST_LEAID": f"{STATE_LETTERS}-" + local,
        "LEAID": schools["leaid"],
        "ST_SCHID": f"{STATE_LETTERS}-" + local + "-" + schools["ncessch"].str[-5:],
        "NCESSCH": schools["ncessch"],
        "SCHID": STATE_CODE + schools["ncessch"].str[-5:],
        "SHARED_TIME": "No",
        "TITLEI_STATUS": np.select(reached, [code for _, code, _ in _STATUSES], _NOT_TITLE1[0]),
        "TITLEI_STATUS_TEXT": np.select(reached, [text for _, _, text in _STATUSES], _NOT_TITLE1[1]),
        "MAGNET_TEXT": np.where(is_choice & ~schools["is_charter"], "Yes", "No"),
        "NSLP_STATUS": "NSLPWOPRO",
        "NSLP_STATUS_TEXT": "Yes participating without using any Provision or the CEO",
        "VIRTUAL": "NOTVIRTUAL",
        "VIRTUAL_TEXT": "Not a virtual school",
    }
    return pd.DataFrame(columns, index=schools.index).astype("str")
