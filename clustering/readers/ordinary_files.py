"""Whether a path is one of a file that can be read more than once."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from clustering.errors import InputError, Problem

_LONGEST_SHOWN = 100


def check_is_ordinary(path: Path, name: str) -> None:
    """
    Raise for what would be waited for without end, and for a text that cannot be a path.

    Parameters
    ----------
    path
        What the caller named. Reading says of a missing file, and of a folder, what they are.
    name
        What problems call it.

    Raises
    ------
    InputError
        It is a pipe, a device or a socket, or no path at all.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:  # a ValueError: the text has a sign that no path has
        if isinstance(error, OSError) and error.errno != errno.ENAMETOOLONG:
            return
        shown, remedy = name[:_LONGEST_SHOWN], "Check the path, or wrap the text of a table in io.StringIO."
        raise InputError([Problem(table=shown, message="This cannot be the path of a file.", remedy=remedy)]) from None
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        message, remedy = "This is a pipe or a device, and no file.", "Save what it gives as a file, and name that."
        raise InputError([Problem(table=name, message=message, remedy=remedy)])
