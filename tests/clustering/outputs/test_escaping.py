"""The one escaper: a browser shows the text as it was, and none of the languages in between runs it."""

from __future__ import annotations

import csv
import html
import io
import re
import unicodedata

import jinja2
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustering import table_bytes
from clustering.model.plain_text import plain_text
from clustering.outputs.escaping import escape_for_csv, escape_for_html
from tests.faulty_files.hostile_names import EVALUATED, HOSTILE_NAMES

ANY_TEXT = st.text() | st.sampled_from(HOSTILE_NAMES) | st.text(alphabet="{}%#$`\\<>&;'\"a1 x")


@given(ANY_TEXT)
def test_a_browser_shows_the_text_as_it_was(text: str) -> None:
    assert html.unescape(escape_for_html(text)) == plain_text(text)


@given(ANY_TEXT)
def test_nothing_is_left_that_html_script_or_templates_read(text: str) -> None:
    escaped = escape_for_html(text)
    assert not set("<>\"'{}$`\\%\n\r\x00\u2028\u2029") & set(escaped)
    # Number signs and ampersands stand in references only.
    assert not {"#", "&"} & set(re.sub(r"&(?:#\d+|#x\d+|[a-z]+);", "", escaped))


@given(ANY_TEXT)
def test_a_template_leaves_it_alone(text: str) -> None:
    escaped = escape_for_html(text)
    assert jinja2.Environment(autoescape=False).from_string(escaped).render() == escaped


@pytest.mark.parametrize("name", HOSTILE_NAMES[:4])
def test_control_the_usual_escaper_stops_no_template(name: str) -> None:
    environment = jinja2.Environment(autoescape=False)
    answers = environment.from_string(html.escape(name)).render()
    assert (EVALUATED in answers) == (not name.startswith("{#"))


@given(ANY_TEXT)
def test_plain_text_has_no_invisible_signs_and_keeps_its_length(text: str) -> None:
    plain = plain_text(text)
    assert len(plain) == len(text)
    assert not {unicodedata.category(sign) for sign in plain} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"])
def test_a_spreadsheet_computes_nothing(text: str) -> None:
    assert escape_for_csv(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Oak", "1-2", "a=b", " =1", "0012"])
def test_other_cells_are_left_alone(text: str) -> None:
    assert escape_for_csv(text) == text


def test_numbers_keep_their_sign_and_missing_cells_stay_blank() -> None:
    table = pd.DataFrame({"name": pd.array(["=x", None], dtype="str"), "change": [-1.5, 2.0]})
    assert list(csv.reader(io.StringIO(table_bytes(table).decode()))) == [
        ["name", "change"],
        ["'=x", "-1.5"],
        ["", "2.0"],
    ]
