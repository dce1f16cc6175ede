"""Answers that are kept: looked up by the key of everything that they rest on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.store.sessions import TableAccess
from app.store.tables import Answer, AnswerForm


@dataclass(frozen=True)
class KeptForm:
    """
    An answer in one of its forms.

    Parameters
    ----------
    content
        As it was computed.
    sha256
        Of the content, as hexadecimal digits.
    """

    content: bytes
    sha256: str


class Answers(TableAccess):
    """Analyses and comparisons; what they are about was checked to be readable by whoever asks."""

    def form(self, key: str, name: str) -> KeptForm | None:
        """One form of the answer with a key; ``None`` if it was not computed."""
        with self._sessions() as session:
            listed = (
                select(AnswerForm)
                .join(Answer, Answer.id == AnswerForm.answer_id)
                .where(Answer.key == key, AnswerForm.name == name)
                .order_by(Answer.created_at.desc())
                .options(undefer(AnswerForm.content))
            )
            row = session.scalars(listed.limit(1)).first()
        return None if row is None else KeptForm(row.content, row.sha256)
