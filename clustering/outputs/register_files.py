"""A register of Lead Partners as files."""

from __future__ import annotations

from clustering.capacity.register.documents import partners_table, register_document
from clustering.capacity.register.duties import describe_duties
from clustering.capacity.register.register import Register
from clustering.outputs.files import json_bytes
from clustering.outputs.tables import table_bytes


def render_register(register: Register) -> dict[str, bytes]:
    """
    Write a register as files.

    Parameters
    ----------
    register
        Any.

    Returns
    -------
    files
        ``register.json``, ``partners.csv`` (which :func:`read_register` reads back) and ``duties.csv``.
    """
    duties = describe_duties(register)
    return {
        "register.json": json_bytes(register_document(register)),
        "partners.csv": table_bytes(partners_table(register), whole_numbers=True),
        "duties.csv": table_bytes(duties.assign(by=duties["by"].map("; ".join))),
    }
