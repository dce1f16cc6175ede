"""Parameters of a request, checked before any work is done."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import ServiceError, request_error
from app.jobs import run_isolated, tasks
from app.odd_values import refuse_odd_value
from app.services.service import Service
from app.settings import Settings
from app.store import PUBLIC, present_request
from clustering import InputError, parse_parameters, split_settings

logger = logging.getLogger(__name__)


def check_parameters(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """
    Check the parameters of a request.

    Parameters
    ----------
    service
        The service.
    parameters
        Names and values.

    Returns
    -------
    parameters
        Every parameter, as plain values.

    Raises
    ------
    InputError
        With every problem.
    ServiceError
        403 if exact counts are requested and the service does not give them.
    """
    request = parse_parameters(parameters)
    refuse_exact(request.disclosure, service.settings)
    return request.as_dict()


def check_for_dataset(service: Service, dataset_id: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """As :func:`check_parameters`; if something is wrong, the error also names schools that the dataset lacks."""
    try:
        checked = check_parameters(service, parameters)
    except InputError:
        scenario = service.store.scenario(dataset_id)
        try:
            with service.reads.slot():
                run_isolated(tasks.check_parameters, scenario, dict(parameters), limits=service.read_limits)
        except ServiceError as error:
            if error.status == 422:
                raise
        except RecursionError:
            logger.info("parameters are nested too deeply to be sent to another process")
        # Without a free slot the schools are named when the rest is right.
        raise
    refuse_unreleased(service, dataset_id, checked["disclosure"])
    return checked


def refuse_unreleased(service: Service, dataset_id: str, disclosure: str) -> None:
    """Raise a ServiceError, 409, if the public base is requested of a dataset that has none."""
    if disclosure == PUBLIC and PUBLIC not in service.store.registrations.protections(dataset_id):
        detail = "There is no public base of this dataset: nobody has released one. Use disclosure=protected."
        raise ServiceError(409, detail)


def refuse_exact(disclosure: str | None, settings: Settings) -> None:
    """Raise a ServiceError, 403, if exact counts are requested and the service does not give them."""
    if disclosure != "exact":
        return
    if not settings.allow_exact:
        detail = (
            "This service does not give exact counts (setting FEEDER_ZONES_ALLOW_EXACT, and the right exact of"
            " whoever signs in)."
        )
        raise ServiceError(403, f"{detail} Use disclosure=protected.")
    present_request.get().note_exact("request", "")


def parameters_of_form(text: str | None, single: Sequence[str]) -> dict[str, Any]:
    """
    Take the parameters of a form.

    Parameters
    ----------
    text
        A JSON object.
    single
        Further parameters, each as ``name=value``.

    Returns
    -------
    parameters
        Names and values.

    Raises
    ------
    ServiceError
        422 if the text cannot be read or a parameter is in both.
    """
    try:
        values = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        raise _unread_parameters("This is not JSON.") from None
    refuse_odd_value(values, "parameters")
    if not isinstance(values, dict):
        raise _unread_parameters("This is not a JSON object.")
    settings = split_settings(single)
    if both := sorted(set(values) & set(settings)):
        message = "The parameter is given twice: in the field parameters and in the field set."
        problems = [(name, message, "Give it in one of the two.") for name in both]
        raise request_error(422, "Parameters are given twice.", problems)
    return {**values, **settings}


def _unread_parameters(message: str) -> ServiceError:
    remedy = 'Give an object such as {"maximum_schools": 8}, or single parameters in the field set as name=value.'
    return request_error(422, "The field parameters cannot be read.", [("parameters", message, remedy)])
