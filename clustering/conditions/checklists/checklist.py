"""What a checklist is."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from clustering.conditions.field_types import LISTED, AreaOfCondition, Line, LineOrNone, NoteOrNone
from clustering.conditions.written_model import WrittenModel
from clustering.errors import InputError, Problem
from clustering.model.parameter_types import TruthValue
from clustering.model.validation_errors import Wording

MAXIMUM_ITEMS = 200
_WORDING = Wording(table="checklist", noun="field", numbers_entries=True)


class ChecklistItem(WrittenModel):
    """One autonomy or promise that a checklist asks for."""

    wording: ClassVar[Wording] = _WORDING

    item_id: Line = Field(description="Identifies the item in its checklist; the condition that meets it has this id.")
    area: AreaOfCondition = Field(description="people, money, time, program, governance, accountability or contract.")
    title: Line = Field(description="Its name.")
    asks: NoteOrNone = Field(default=None, description="What must be so, in a sentence or two.")
    required: TruthValue = Field(default=True, description="Whether a Zone may not be protected without it.")
    source: LineOrNone = Field(default=None, description="Where it is from.")


class Checklist(WrittenModel):
    """What a Zone must have agreed before it is protected, and what else is asked for."""

    wording: ClassVar[Wording] = _WORDING

    checklist_id: Line = Field(description="Identifies the checklist.")
    title: Line = Field(description="Its name.")
    source: NoteOrNone = Field(default=None, description="Where it is from, and what of it is a reading.")
    items: Annotated[tuple[ChecklistItem, ...], Field(min_length=1, max_length=MAXIMUM_ITEMS), LISTED] = Field(
        description="The items, in the order in which they are asked for."
    )
    file_name: LineOrNone = Field(default=None, description="The file that it was read from.")
    file_sha256: LineOrNone = Field(default=None, description="SHA-256 of that file.")

    @model_validator(mode="after")
    def _each_item_once(self) -> Self:
        seen: set[str] = set()
        problems = []
        for item in self.items:
            if item.item_id in seen:
                message, remedy = "The item stands in the checklist already.", "Give each item an item_id of its own."
                problem = Problem(
                    table="checklist", column="item_id", value=item.item_id, message=message, remedy=remedy
                )
                problems.append(problem)
            seen.add(item.item_id)
        if problems:
            raise InputError(problems)
        return self

    def item(self, item_id: str) -> ChecklistItem | None:
        """The item with this id; ``None`` if there is none."""
        return next((item for item in self.items if item.item_id == item_id), None)
