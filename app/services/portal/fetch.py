"""Every page of one request, written to a folder as it comes, so that an interrupted run can go on."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import httpx2

from app.services.portal.connection import Portal
from app.services.portal.settings import Clock, PortalError, PortalRequest, PortalSettings

MANIFEST = "manifest.json"
_OURS = re.compile(r"(page-\d{4,}\.json|manifest\.json)(\.part)?")


@dataclass(frozen=True, kw_only=True)
class _Page:
    """One page as the manifest remembers it."""

    file: str
    address: str
    sha256: str
    records: int
    next: str | None


@dataclass
class _Saved:
    """The folder: the request, the number of records, pages of an earlier run and pages of this one."""

    folder: Path
    request: Mapping[str, Any]
    count: int | None
    kept: list[_Page]
    pages: list[_Page] = field(default_factory=list)

    def write(self, *, complete: bool) -> None:
        rest = [] if complete else self.kept[len(self.pages) :]
        state = {
            "request": self.request,
            "count": self.count,
            "complete": complete,
            "pages": [asdict(page) for page in (*self.pages, *rest)],
        }
        _write(self.folder / MANIFEST, json.dumps(state, indent=1).encode())

    def distrust(self, message: str) -> NoReturn:
        """Forget the pages, which do not make up a table, and say why."""
        (self.folder / MANIFEST).unlink(missing_ok=True)
        raise PortalError(f"{message} The pages do not make up the table; the next run starts afresh.")


@dataclass(frozen=True)
class _PageContent:
    """What a page holds."""

    count: int
    next: str | None
    records: int


def fetch_portal(
    request: PortalRequest,
    folder: Path,
    *,
    settings: PortalSettings | None = None,
    clock: Clock | None = None,
    transport: httpx2.BaseTransport | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """
    Fetch a table of the portal, or what is missing of it.

    Parameters
    ----------
    request
        The table.
    folder
        Where the pages go (``page-0001.json`` ...) with ``manifest.json``; new, empty, or that of an earlier run of the
        same request, whose pages are kept where they are whole.
    settings, clock, transport
        How requests are made, the time, and what carries the requests.
    progress
        Called with the records so far and their number in all, after each page.

    Returns
    -------
    pages
        The files, in order.

    Raises
    ------
    PortalError
        The portal fails or answers what cannot be trusted; the folder belongs to something else.
    """
    with Portal(settings or PortalSettings(), clock or Clock(), transport) as portal:
        address = portal.address_of(request)
        description: dict[str, Any] = {
            "address": address,
            "endpoint": request.endpoint,
            "year": request.year,
            "grade": request.grade,
        }
        description["filters"] = dict(request.filters)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return _read_all(portal, _open(folder, description), progress)
        except _CountChangedError:
            # The table changed since the earlier run: its pages and new ones do not belong together.
            return _read_all(portal, _Saved(folder=folder, request=description, count=None, kept=[]), progress)


class _CountChangedError(Exception):
    """The number of records is not that of the pages before."""


def _read_all(portal: Portal, saved: _Saved, progress: Callable[[int, int], None] | None) -> list[Path]:
    seen: set[str] = set()
    following: str | None = str(saved.request["address"])
    records = 0
    while following is not None:
        if following in seen:
            saved.distrust(f"The portal leads back to a page that was read before: {following[:200]!r}.")
        if len(seen) >= portal.settings.maximum_pages:
            saved.distrust(f"The portal has more than {portal.settings.maximum_pages:,} pages of this request.")
        seen.add(following)
        page = _whole(saved, following) or _fetch_page(portal, saved, following)
        following = portal.next_address(page.next, following) if page.next else None
        saved.pages.append(page)
        saved.write(complete=False)
        records += page.records
        if progress is not None:
            progress(records, saved.count or 0)
        if records > (saved.count or 0) or (page.records == 0 and following is not None):
            saved.distrust(f"The portal announced {saved.count:,} records and gave {records:,} before its last page.")
    if records != saved.count:
        saved.distrust(f"The portal announced {saved.count:,} records and gave {records:,}.")
    saved.write(complete=True)
    return [saved.folder / page.file for page in saved.pages]


def _fetch_page(portal: Portal, saved: _Saved, address: str) -> _Page:
    content = portal.read(address)
    answer = _parse_page(content, address)
    following = portal.next_address(answer.next, address) if answer.next else None
    if saved.count is not None and answer.count != saved.count:
        if saved.kept:
            raise _CountChangedError
        saved.distrust(f"The portal announced {saved.count:,} records and then {answer.count:,}.")
    saved.count = answer.count
    file = _file_name(len(saved.pages) + 1)
    _write(saved.folder / file, content)
    sha256 = hashlib.sha256(content).hexdigest()
    return _Page(file=file, address=address, sha256=sha256, records=answer.records, next=following)


def _parse_page(content: bytes, address: str) -> _PageContent:
    """Read a page; PortalError unless it is JSON with a count, a link and a list of records."""
    try:
        page = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise PortalError(f"{address} did not answer with JSON.") from None
    match page:
        case {"count": int(count), "next": str() | None as following, "results": list(results)} if (
            count >= 0 and not isinstance(count, bool) and all(isinstance(record, dict) for record in results)
        ):
            return _PageContent(count=count, next=following or None, records=len(results))
    raise PortalError(f"{address} answered with JSON that is no page of records (count, next, results).")


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _open(folder: Path, request: Mapping[str, Any]) -> _Saved:
    """What an earlier run of the same request left; any other folder is refused, never written over."""
    strangers = sorted(path.name for path in folder.iterdir() if not _OURS.fullmatch(path.name))
    if strangers:
        raise PortalError(f"The folder {folder} holds other files ({strangers[0]}); name one of its own.")
    if not (folder / MANIFEST).exists():
        return _Saved(folder=folder, request=request, count=None, kept=[])
    try:
        state = json.loads((folder / MANIFEST).read_bytes())
        pages = [_Page(**page) for page in state["pages"]]
        earlier, count = state["request"], state["count"]
    except (ValueError, KeyError, TypeError):
        raise PortalError(f"{folder / MANIFEST} cannot be read; remove the folder to start afresh.") from None
    if earlier != request:
        raise PortalError(f"The folder {folder} holds another request ({earlier.get('address')}); name another folder.")
    return _Saved(folder=folder, request=request, count=count, kept=pages)


def _whole(saved: _Saved, address: str) -> _Page | None:
    """The next page as an earlier run left it, if its file is still what was written."""
    number = len(saved.pages) + 1
    page = saved.kept[number - 1] if number <= len(saved.kept) else None
    if page is None or page.address != address or page.file != _file_name(number):
        return None
    try:
        content = (saved.folder / page.file).read_bytes()
    except OSError:
        return None
    return page if hashlib.sha256(content).hexdigest() == page.sha256 else None


def _file_name(number: int) -> str:
    return f"page-{number:04d}.json"


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
