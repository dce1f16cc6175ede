"""Files of a proposal by their names: those that are stored, and those that are written of its layers."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import ServiceError
from app.jobs import layer_tasks, run_isolated
from app.services.layers import layer_contents
from app.services.proposals import read_part
from app.services.service import Service
from app.store import PROPOSAL_PARTS
from clustering import LAYER_FILE_TYPES, release_name

PACKAGE = "datapackage.json"
_STORED = {part.file: part for part in PROPOSAL_PARTS}
FILE_TYPES = {
    **{name: part.media_type for name, part in _STORED.items()},
    **LAYER_FILE_TYPES,
    PACKAGE: "application/json",
}


@dataclass(frozen=True, kw_only=True)
class NamedContent:
    """
    A file.

    Parameters
    ----------
    name
        With exact counts it says that they are not for release.
    media_type
        Of its content.
    data
        Its content.
    """

    name: str
    media_type: str
    data: bytes


def read_file(service: Service, proposal_id: str, name: str) -> NamedContent:
    """
    Read a file of a proposal, or write it.

    Parameters
    ----------
    service
        The caller's.
    proposal_id
        Of the proposal.
    name
        One of ``FILE_TYPES``, or its name for exact counts.

    Returns
    -------
    file
        The same bytes every time.

    Raises
    ------
    ServiceError
        404 if there is no such proposal or file, 403 for exact counts that may not be read, 409 if an earlier version
        made the proposal, 503 if too much else is being read or computed.
    """
    disclosure = str(service.store.proposal(proposal_id).parameters.get("disclosure", "protected"))
    plain = next((each for each in FILE_TYPES if name in (each, release_name(each, disclosure))), None)
    if plain is None:
        raise ServiceError(404, f"There is no such file. There are {', '.join(FILE_TYPES)}.")
    data = _data(service, proposal_id, plain, disclosure)
    return NamedContent(name=release_name(plain, disclosure), media_type=FILE_TYPES[plain], data=data)


def _data(service: Service, proposal_id: str, name: str, disclosure: str) -> bytes:
    if name in _STORED:
        return read_part(service, proposal_id, _STORED[name].column)

    def make() -> bytes:
        """Write the file in a process of its own."""
        contents = layer_contents(service, proposal_id)
        with service.reads.slot():
            if name != PACKAGE:
                return bytes(run_isolated(layer_tasks.write_layer_file, contents, name, limits=service.read_limits))
            stored = {each: read_part(service, proposal_id, part.column) for each, part in _STORED.items()}
            return bytes(run_isolated(layer_tasks.package_of_files, stored, disclosure, limits=service.read_limits))

    return service.kept_answers.get(("file", proposal_id, name), make, size=len)
