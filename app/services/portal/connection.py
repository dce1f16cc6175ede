"""One polite request after another: where they may go, how often, how long, and how much they may bring."""

from __future__ import annotations

import email.utils
import re
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import NoReturn, Self

import httpx2

from app.services.portal.settings import ENDPOINTS, PUBLIC_ADDRESS, Clock, PortalError, PortalRequest, PortalSettings

_RETRIED = {429, 500, 502, 503, 504}
_LONGEST_BACKOFF_S = 60.0


@dataclass
class Portal:
    """
    A connection that keeps within its settings.

    Parameters
    ----------
    settings
        How requests are made.
    clock
        The time.
    transport
        What carries the requests; the network by default.
    """

    settings: PortalSettings
    clock: Clock
    transport: httpx2.BaseTransport | None = None
    _client: httpx2.Client = field(init=False)
    _base: httpx2.URL = field(init=False)
    _last: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        base = _parse(self.settings.address.rstrip("/") + "/")
        if base is None or base.scheme not in ("http", "https") or not base.host or base.userinfo:
            raise PortalError(f"{self.settings.address!r} is no address of a portal; give one such as {PUBLIC_ADDRESS}")
        self._base = base
        self._client = httpx2.Client(
            transport=self.transport,
            timeout=self.settings.timeout_s,
            follow_redirects=False,
            headers={"User-Agent": f"feeder-zones/{version('feeder-zones')}", "Accept": "application/json"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self._client.close()

    def address_of(self, request: PortalRequest) -> str:
        """
        Put a request into one address.

        Parameters
        ----------
        request
            The table.

        Returns
        -------
        address
            Of the first page; the same for the same request, whatever the order of its filters.

        Raises
        ------
        PortalError
            There is no such endpoint, or a part does not look like one.
        """
        endpoint, year, grade, filters = request.endpoint, request.year, request.grade, request.filters
        if endpoint not in ENDPOINTS:
            raise PortalError(f"There is no endpoint {endpoint!r}; there are {', '.join(ENDPOINTS)}.")
        if not 1980 <= year <= 2100 or not re.fullmatch(r"[a-z0-9]{1,3}|-1", grade):
            raise PortalError(f"{year} is no year, or {grade!r} no grade such as 99 (all), pk, k, 1 to 12.")
        bad = [name for name in filters if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,63}", name)]
        if bad:
            raise PortalError(f"{bad[0]!r} is no name of a column to filter by.")
        path = ENDPOINTS[endpoint].format(year=year, grade=grade)
        return str(self._base.join(path).copy_merge_params(dict(sorted(filters.items()))))

    def next_address(self, link: str, current: str) -> str:
        """
        Check the link to the next page.

        Parameters
        ----------
        link
            As the portal gives it.
        current
            The page that it stands in.

        Returns
        -------
        address
            Complete.

        Raises
        ------
        PortalError
            It leads out of the portal: another scheme, host, port or part of the site.
        """
        address = _parse(link, httpx2.URL(current))
        if address is not None and (self._base.scheme, address.scheme, address.port) == ("https", "http", None):
            # A server behind a proxy that ends the encryption may not know that clients use https.
            address = address.copy_with(scheme="https")
        if address is None or not self._is_within(address):
            raise PortalError(
                f"The portal names a next page outside {self._base}: {link[:200]!r}. It was not requested."
            )
        return str(address)

    def _is_within(self, address: httpx2.URL) -> bool:
        same = (address.scheme, address.host, address.port) == (self._base.scheme, self._base.host, self._base.port)
        path = address.raw_path.partition(b"?")[0].lower()
        plain = not any(sign in path for sign in (b"%2e", b"%2f", b"%5c", b"\\", b"/../"))
        return same and plain and not address.userinfo and address.path.startswith(self._base.path)

    def read(self, address: str) -> bytes:
        """
        Read one page, waiting and trying again where that can help.

        Parameters
        ----------
        address
            From :meth:`address_of` or :meth:`next_address`.

        Returns
        -------
        content
            The body, decoded from its transfer coding.

        Raises
        ------
        PortalError
            Refused, redirected, too large, too slow, or failing for good.
        """
        reason = ""
        for attempt in range(1, self.settings.maximum_attempts + 1):
            self._keep_pace()
            wait: float | None = None
            try:
                with self._client.stream("GET", address) as response:
                    if response.status_code == 200:
                        return self._read_body(response, address)
                    reason = f"status {response.status_code}"
                    if response.status_code not in _RETRIED:
                        _refuse(response, address)
                    wait = self._wait_of(response)
            except (httpx2.TransportError, httpx2.DecodingError) as error:
                reason = type(error).__name__
            if attempt < self.settings.maximum_attempts:
                self.clock.sleep(min(2.0 ** (attempt - 1), _LONGEST_BACKOFF_S) if wait is None else wait)
        message = f"{address} could not be read in {self.settings.maximum_attempts} attempts (last: {reason})."
        raise PortalError(f"{message} What came before is kept: run it again to go on from there.")

    def _keep_pace(self) -> None:
        if self._last is not None:
            due = self._last + 1 / self.settings.requests_per_second - self.clock.monotonic()
            if due > 0:
                self.clock.sleep(due)
        self._last = self.clock.monotonic()

    def _read_body(self, response: httpx2.Response, address: str) -> bytes:
        limit, end = self.settings.maximum_page_bytes, self.clock.monotonic() + self.settings.page_time_s
        content = bytearray()
        for chunk in response.iter_bytes(65_536):
            content += chunk
            if len(content) > limit:
                raise PortalError(f"A page of more than {limit:,} bytes came from {address}; it is not kept.")
            if self.clock.monotonic() > end:
                raise PortalError(f"A page took more than {self.settings.page_time_s:g} s from {address}.")
        return bytes(content)

    def _wait_of(self, response: httpx2.Response) -> float | None:
        """Seconds of ``Retry-After``, a number or a date; ``None`` where it says nothing."""
        text = response.headers.get("Retry-After", "").strip()
        if re.fullmatch(r"[0-9]{1,9}", text):
            wait = float(text)
        else:
            try:
                wait = email.utils.parsedate_to_datetime(text).timestamp() - self.clock.now()
            except (ValueError, OverflowError):
                return None
        if wait > self.settings.maximum_wait_s:
            raise PortalError(f"The portal asks to wait {wait:,.0f} s. What came before is kept: run it again later.")
        return max(wait, 0.0)


def _parse(text: str, base: httpx2.URL | None = None) -> httpx2.URL | None:
    try:
        return httpx2.URL(text) if base is None else base.join(text)
    except httpx2.InvalidURL:
        return None


def _refuse(response: httpx2.Response, address: str) -> NoReturn:
    if response.is_redirect:
        raise PortalError(f"{address} leads elsewhere ({response.headers.get('Location', '')[:200]!r}); not followed.")
    if response.status_code == 404:
        raise PortalError(f"{address} does not exist: check the endpoint, the year and the grade.")
    raise PortalError(f"{address} was refused with status {response.status_code}.")
