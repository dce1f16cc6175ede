"""What cells of a column look like that may be one that is read: each is matched as a whole."""

from __future__ import annotations

import re

RATE = re.compile(r"[<>]?=?\s*(\d{1,3}(\.\d+)?|\.\d+)\s*%?|\d{1,2}-\d{1,3}%?|(GE|LE|GT|LT)\d{1,2}", re.IGNORECASE)
COUNT = re.compile(r"\d{1,3}(,\d{3})+|\d{1,6}(\.0)?")
# Decimal; in minutes and seconds; metres or feet of a projection.
DEGREES = re.compile(
    r"[-+]?\d{1,3}\.\d{2,}|[-+]?\d{5,9}(\.\d+)?|[NSEW]? ?-?\d{1,3} ?[\u00b0\u00ba -] ?\d{1,2}[^\w,].{0,15}",
    re.IGNORECASE,
)
STATUS = re.compile(
    r"(currently |re)?(open(ed)?|closed|active|inactive|operational|future|pending|new|merged)( school)?"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*",
    re.IGNORECASE,
)
LEVEL = re.compile(
    r"(elementary|elem|middle|high|junior high|intermediate|primary|secondary|senior high|[emh]s|k-?[5-8])"
    r"( schools?| zones?| attendance.*)?",
    re.IGNORECASE,
)
ID = re.compile(r"'?(?=[^\d]*\d)[\w./-]{1,40}")
YEAR = re.compile(r"(fall|spring|sy|fy|ay)?[ -]?(19|20)\d\d(\s*[-/\u2013]\s*\d{2,4})?", re.IGNORECASE)
TEXT = re.compile(r".*[^\W\d_]{3}.*", re.DOTALL)
MARKS = re.compile(r"[*~.\u2013\u2020\u2021#-]+|n/?[acrd]|null|none|s|ps|ds|n?\s*<\s*\d+|suppressed", re.IGNORECASE)
