"""Problems counted by file and kind: none is lost, however many there are of another."""

from __future__ import annotations

import dataclasses
from multiprocessing.reduction import ForkingPickler

from clustering import InfeasibleError, InputError, OutOfTimeError, Problem, keep_examples, problem_kinds
from clustering.errors import FILE_OPTIONS, NAMED_OPTIONS, ProblemTally
from clustering.model.records import kind_documents, problem_documents
from clustering.readers.file_options import FileOptions


def problem(table: str, row: int, message: str = "Bad.", **more: object) -> Problem:
    return Problem(table=table, row=row, message=message, remedy="Mend it.", **more)  # type: ignore[arg-type]


def test_kinds_are_told_by_file_and_message_and_counted_in_full() -> None:
    found = [problem("a", 2), problem("b", 2), problem("a", 3, further_records=40), problem("a", 9, "Worse.")]
    kinds = problem_kinds(found)
    assert [(kind.table, kind.message, kind.count, len(kind.examples)) for kind in kinds] == [
        ("a", "Bad.", 42, 2),
        ("b", "Bad.", 1, 1),
        ("a", "Worse.", 1, 1),
    ]


def test_the_cells_of_a_matrix_are_one_kind_with_several_columns() -> None:
    (kind,) = problem_kinds([problem("m", 2, column="B"), problem("m", 2, column="A"), problem("m", 3, column="B")])
    assert kind.columns == ("B", "A")
    assert kind.count == 3


def test_the_first_of_each_kind_are_kept_and_the_rest_counted() -> None:
    found = [problem("a", row) for row in range(2, 7)] + [problem("b", 2), problem("a", 7, further_records=3)]
    kept = keep_examples(found, 2)
    assert [(each.table, each.row, each.further_records) for each in kept] == [("a", 2, 0), ("a", 3, 7), ("b", 2, 0)]
    assert [kind.count for kind in problem_kinds(kept)] == [9, 1]
    assert keep_examples(kept, 2) == kept
    assert keep_examples(kept, 1)[0].further_records == 8


def test_a_stream_of_millions_keeps_few() -> None:
    tally = ProblemTally(3)
    for row in range(100_000):
        tally.add(problem("a", row))
    tally.add(problem("b", 1))
    assert [(each.table, each.row) for each in tally.problems()] == [("a", 0), ("a", 1), ("a", 2), ("b", 1)]
    assert [kind.count for kind in problem_kinds(tally.problems())] == [100_000, 1]


def test_an_error_says_every_kind_and_the_true_number() -> None:
    error = InputError([*(problem("a", row) for row in range(2, 60)), problem("b", 5, "Worse.", further_records=7)])
    assert error.count == 66
    assert [kind.count for kind in error.kinds] == [58, 8]
    text = str(error)
    assert text.startswith("66 problems in the input:")
    assert "a, row 2: Bad. Mend it. (57 more records have the same problem.)" in text
    assert "b, row 5: Worse. Mend it. (7 more records have the same problem.)" in text


def test_plain_values_say_the_count() -> None:
    kept = keep_examples([problem("a", 2, column="x"), problem("a", 3, column="y")], 1)
    assert problem_documents(kept)[0]["further_records"] == 1
    assert "further_records" not in problem_documents([problem("a", 2)])[0]
    (document,) = kind_documents(problem_kinds(kept))
    assert document == {
        "table": "a",
        "message": "Bad.",
        "remedy": "Mend it.",
        "is_error": True,
        "columns": ["x"],
        "count": 2,
        "listed": 1,
    }


def test_a_file_that_is_called_like_an_option_is_named_once() -> None:
    problem = Problem(table="rows.json", message="No rate.", remedy="Set columns.year=Year or rows.Group=All.")
    again = dataclasses.replace(problem)
    expected = "Set rows.json:columns.year=Year or rows.json:rows.Group=All."
    assert (problem.remedy, again.remedy) == (expected, expected)


def test_the_options_of_remedies_are_those_of_files() -> None:
    assert set(FILE_OPTIONS) == set(FileOptions.model_fields)
    values = {name: getattr(FileOptions(), name) for name in FILE_OPTIONS}
    assert {name for name, value in values.items() if value == {}} == set(NAMED_OPTIONS)


def test_each_option_of_a_remedy_is_typed_for_its_file() -> None:
    for name in FILE_OPTIONS:
        option = f"{name}.this=that" if name in NAMED_OPTIONS else f"{name}=that"
        remedy = Problem(table="a.csv", message="Bad.", remedy=f"Set {option}, or a.csv:{option}.").remedy
        assert remedy == f"Set a.csv:{option}, or a.csv:{option}."


def test_a_heading_that_looks_like_an_option_is_none() -> None:
    remedy = Problem(table="a.csv", message="Bad.", remedy="Set columns.students=unit=km.").remedy
    assert remedy == "Set a.csv:columns.students=unit=km."


def test_what_a_terminal_would_obey_is_not_in_a_message() -> None:
    hostile = "\x1b[2J\u202e\u2028\r\x9b"
    problem = Problem(
        table=f"a{hostile}.csv",
        message=f"It has {hostile}.",
        remedy=f"Set columns.name={hostile}.",
        column=hostile,
        value=hostile,
    )
    assert str(InputError([problem])).replace("\n", "").isprintable()
    assert f"{problem.message}{problem.remedy}".isprintable()


def test_errors_go_whole_from_process_to_process() -> None:
    errors = [InputError([problem("a", 2)]), InfeasibleError(["Two locks contradict."]), OutOfTimeError("time limit")]
    for error in errors:
        arrived = ForkingPickler.loads(ForkingPickler.dumps(error))
        assert (type(arrived), str(arrived), vars(arrived)) == (type(error), str(error), vars(error))
