"""Files packed into one archive for storing, and unpacked again; nothing is unpickled."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping

from clustering.errors import InputError, Problem

_FORMAT_MEMBER = "format.txt"
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # a constant, so that equal members are equal bytes


def pack_archive(form: str, members: Mapping[str, bytes]) -> bytes:
    """
    Pack files into one archive.

    Parameters
    ----------
    form
        Name and number of the format, such as ``feeder-zones scenario 7``.
    members
        File name to bytes.

    Returns
    -------
    data
        A ZIP archive, the same bytes for the same members in the same order.
    """
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, data in {_FORMAT_MEMBER: form.encode(), **members}.items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DATE), data)
    return whole.getvalue()


def add_member(data: bytes, name: str, content: bytes) -> bytes:
    """
    Add a file to an archive.

    Parameters
    ----------
    data
        What :func:`pack_archive` packed; bytes that are no archive stay as they are, and are refused when unpacked.
    name, content
        Of the file.

    Returns
    -------
    data
        The archive with the file.
    """
    whole = io.BytesIO(data)
    if not zipfile.is_zipfile(whole):
        return data
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name, _FIRST_DATE), content)
    return whole.getvalue()


def unpack_archive(data: bytes, forms: Collection[str], *, noun: str) -> dict[str, bytes]:
    """
    Unpack the files of an archive.

    Parameters
    ----------
    data
        What :func:`pack_archive` packed.
    forms
        Formats that are read.
    noun
        What is stored, as messages name it: ``scenario``.

    Returns
    -------
    members
        File name to bytes.

    Raises
    ------
    InputError
        The bytes are no archive, or one of another format.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise damaged(noun, f"The stored {noun} cannot be opened ({error}).") from None
    if members.pop(_FORMAT_MEMBER, b"") not in [form.encode() for form in forms]:
        raise damaged(noun, f"The stored {noun} has another format.")
    return members


def damaged(noun: str, message: str) -> InputError:
    """Make the error for stored bytes that cannot be used."""
    return InputError([Problem(table=f"stored {noun}", message=message, remedy="Upload the files again.")])
