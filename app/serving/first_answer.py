"""When the service answers for the first time after it was started."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable

from app.settings import Settings

_LOOK_AGAIN_AFTER_S = 0.1
# An answer may wait until a process is there that gives it.
_TIMEOUT_S = 5.0
_THIS_MACHINE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (what is listened on, not by us)


def call_when_answered(settings: Settings, call: Callable[[], None]) -> None:
    """
    Call once the service that is being started answers; return at once.

    Parameters
    ----------
    settings
        Where it listens.
    call
        What is called, in a thread of its own; never, if the service ends before, or if another one answers at its
        port already.
    """
    if _answers(_THIS_MACHINE.get(settings.host, settings.host), settings.port):
        return
    threading.Thread(target=_watch, args=(settings, call), name="first answer", daemon=True).start()


def _watch(settings: Settings, call: Callable[[], None]) -> None:
    host = _THIS_MACHINE.get(settings.host, settings.host)
    while not _answers(host, settings.port):
        time.sleep(_LOOK_AGAIN_AFTER_S)
    call()


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
