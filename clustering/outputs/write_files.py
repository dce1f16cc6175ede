"""Files written together: all of them, or none."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from clustering.outputs.release_mark import check_name_says_exact


def write_files(contents: Mapping[str, bytes], directory: str | Path) -> tuple[Path, ...]:
    """
    Write files into a folder, each whole or not at all.

    They are written beside their places first, and moved there when all are on the disk. So a full disk leaves the
    folder as it was, and never the files of two answers side by side.

    Parameters
    ----------
    contents
        Name of each file, or its path below the folder with ``/``, to its bytes.
    directory
        Made if it does not exist; files of the same names are replaced.

    Returns
    -------
    paths
        In the order of ``contents``.

    Raises
    ------
    InputError
        A file says that it holds exact counts of students, and its name does not. Nothing is written.
    OSError
        A file cannot be written; ``filename`` says which.
    """
    for name, data in contents.items():
        check_name_says_exact(name, data)
    folder = Path(directory)
    paths = tuple(folder / name for name in contents)
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    with TemporaryDirectory(prefix=".unfinished-", dir=folder) as unfinished:
        parts = [Path(unfinished) / str(number) for number in range(len(paths))]
        for part, path, data in zip(parts, paths, contents.values(), strict=True):
            try:
                part.write_bytes(data)
            except OSError as error:
                error.filename = str(path)
                raise
        for part, path in zip(parts, paths, strict=True):
            part.replace(path)
    return paths
