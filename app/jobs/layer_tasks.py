"""What isolated processes do for layers of features, and for files that are written of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.queries.analysis import Progress
from clustering import (
    LAYER_FILE_TYPES,
    IndexedLayer,
    index_layer,
    proposal_layers,
    release_name,
    render_layer_file,
    scenario_from_bytes,
    schools_layer,
    with_package_of_document,
)


def index_proposal(progress: Progress, contents: Mapping[str, bytes]) -> dict[str, IndexedLayer]:
    """Layers of a proposal by name, of its files (``clustering.LAYER_FILES``)."""
    progress("Reading the layers", 0.0)
    return {name: index_layer(layer) for name, layer in proposal_layers(contents).items()}


def index_schools(progress: Progress, scenario: bytes) -> dict[str, IndexedLayer]:
    """The layer of the schools of stored inputs, by name."""
    progress("Reading the layers", 0.0)
    layer = schools_layer(scenario_from_bytes(scenario))
    return {layer.name: index_layer(layer)}


def write_layer_file(progress: Progress, contents: Mapping[str, bytes], name: str) -> bytes:
    """One of ``clustering.LAYER_FILE_TYPES`` of a proposal, of its files (``clustering.LAYER_FILES``)."""
    progress("Writing", 0.0)
    return render_layer_file(proposal_layers(contents), name)


def package_of_files(progress: Progress, stored: Mapping[str, bytes], disclosure: str) -> bytes:
    """
    Describe all files of a proposal (``datapackage.json``).

    Parameters
    ----------
    progress
        Called with the stage and the fraction done, 0 to 1.
    stored
        The files that are stored.
    disclosure
        Of the proposal, by which they are named.

    Returns
    -------
    package
        JSON, with the hash of each file as it is served.
    """
    progress("Writing", 0.0)
    layers = proposal_layers(stored)
    contents = {**stored, **{name: render_layer_file(layers, name) for name in LAYER_FILE_TYPES}}
    named = {release_name(name, disclosure): data for name, data in contents.items()}
    return list(with_package_of_document(named, json.loads(stored["proposal.json"])).values())[-1]
