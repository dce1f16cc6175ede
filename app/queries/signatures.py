"""Functions whose parameters come from a registry: FastAPI and typer read them as if they were written out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import Parameter, Signature
from types import GenericAlias
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_BOUNDS = ("gt", "ge", "lt", "le", "min_length", "max_length")


@dataclass(frozen=True)
class ServiceLimit:
    """
    The most that the service takes for a number, where the command line takes more: nobody waits for a command.

    Parameters
    ----------
    le
        The greatest value.
    """

    le: int


def with_parameters(
    function: Callable[..., Any], *, name: str, doc: str | None, parameters: Iterable[Parameter]
) -> Callable[..., Any]:
    """
    Give a function that takes any keywords a name, a docstring and parameters.

    Parameters
    ----------
    function
        Changed in place.
    name, doc
        Its name and docstring.
    parameters
        Made keyword-only, in this order.

    Returns
    -------
    function
        The same function.
    """
    own = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in parameters]
    function.__name__, function.__doc__ = name, doc
    function.__annotations__ = {each.name: each.annotation for each in own}
    function.__signature__ = Signature(own)  # type: ignore[attr-defined]
    return function


def fields_of(form: type[BaseModel], make: Callable[[str, FieldInfo], Any]) -> list[Parameter]:
    """
    Write each field of a model as a parameter of a function.

    Parameters
    ----------
    form
        The model.
    make
        Makes the default of the parameter, such as FastAPI's ``Query``, from the field's name and the field.

    Returns
    -------
    parameters
        In the order of the fields.
    """
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=make(name, field), annotation=field.annotation)
        for name, field in form.model_fields.items()
    ]


def bounds_of(metadata: Iterable[object], *, is_service: bool) -> dict[str, Any]:
    """
    Collect the bounds of a field.

    Parameters
    ----------
    metadata
        Of the field or of its annotation.
    is_service
        Whether a :class:`ServiceLimit` holds.

    Returns
    -------
    bounds
        As keywords of ``pydantic.Field``, such as ``{"ge": 1, "le": 20}``.
    """
    held = [each for each in metadata if is_service or not isinstance(each, ServiceLimit)]
    return {name: getattr(each, name) for each in held for name in _BOUNDS if getattr(each, name, None) is not None}


@dataclass(frozen=True)
class PlainType:
    """
    A type without bounds, and the bounds of its values, or of its entries if it is a list.

    Parameters
    ----------
    type
        Such as ``int`` or ``list[int]``.
    metadata
        As :func:`bounds_of` takes it.
    """

    type: Any
    metadata: tuple[object, ...] = ()


def plain_type(annotation: Any) -> PlainType:
    """Take the bounds out of a type, such as ``Annotated[int, Field(ge=1)]``, or of the entries of a list."""
    if get_origin(annotation) is list:
        entry = plain_type(get_args(annotation)[0])
        return PlainType(GenericAlias(list, entry.type), entry.metadata)
    if get_origin(annotation) is not Annotated:
        return PlainType(annotation)
    plain, *metadata = get_args(annotation)
    bounds = [bound for each in metadata for bound in (each.metadata if isinstance(each, FieldInfo) else [each])]
    return PlainType(plain, tuple(bounds))
