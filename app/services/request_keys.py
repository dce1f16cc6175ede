"""Keys of requests, by which identical requests share one answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from app.store import DOCUMENT_FORMATS


def request_key(kind: str, inputs: Mapping[str, str], parameters: Mapping[str, Any], *more: str) -> str:
    """
    Make the key of a request: requests with the same key have the same answer.

    Parameters
    ----------
    kind
        Of the job.
    inputs
        Ids of what it starts from, none of which changes under its id.
    parameters
        As plain values.
    more
        What else tells two requests from each other, such as a name.

    Returns
    -------
    key
        Also of this release and its formats, which may compute something else than another.
    """
    rests_on = [kind, dict(inputs), dict(parameters), more, version("feeder-zones"), DOCUMENT_FORMATS]
    return hashlib.sha256(json.dumps(rests_on, sort_keys=True, default=str).encode()).hexdigest()
