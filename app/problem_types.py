"""The types of problem documents (RFC 9457): stable names that programs can tell errors apart by."""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "urn:feeder-zones:problem:"


@dataclass(frozen=True)
class ProblemType:
    """
    A kind of error.

    Parameters
    ----------
    name
        After :data:`PREFIX`; it never changes.
    statuses
        The HTTP statuses that it comes with; an error that names no type is of the first type with its status.
    title
        The same for every error of the type.
    what_to_do
        For whoever gets it.
    """

    name: str
    statuses: tuple[int, ...]
    title: str
    what_to_do: str

    @property
    def urn(self) -> str:
        """The member ``type`` of a document."""
        return f"{PREFIX}{self.name}"


# For each status, the type of errors that name none comes before the others.
PROBLEM_TYPES = (
    ProblemType(
        "malformed-request",
        (400,),
        "The request cannot be read",
        "Send a body, parameters and headers in the form that /docs describes.",
    ),
    ProblemType("not-signed-in", (401,), "Nobody is signed in", "Sign in, or send an API key or a token."),
    ProblemType("forbidden", (403,), "This is not allowed", "Ask whoever runs the service for the right or setting."),
    ProblemType(
        "other-site",
        (403,),
        "A page of another site asked",
        "Open the address from a page of this service, or let a program send the request.",
    ),
    ProblemType(
        "not-found", (404,), "There is no such thing", "Check the address; what it led to may have been deleted."
    ),
    ProblemType(
        "not-computed", (404,), "This was not computed yet", "Start the computation with POST to the same address."
    ),
    ProblemType("method-not-allowed", (405,), "The address has no such method", "Use a method of the header Allow."),
    ProblemType(
        "not-acceptable",
        (406,),
        "There is no such form",
        "Accept one of the forms that detail lists.",
    ),
    ProblemType("time-out", (408,), "The request did not arrive in time", "Send it again, without pauses."),
    ProblemType("conflict", (409,), "This conflicts with what is stored", "Read the detail; look at what is stored."),
    ProblemType(
        "infeasible", (409,), "No answer keeps all locks and limits", "Change the locks or limits in violations."
    ),
    ProblemType(
        "second-cut",
        (409,),
        "Other counts of these students are held",
        "Follow the remedy in problems: most often, use the dataset that second_cut_of names.",
    ),
    ProblemType("cancelled", (409,), "The job was cancelled", "Ask for it again if it is still wanted."),
    ProblemType(
        "earlier-version",
        (409,),
        "An earlier version wrote this",
        "Ask for it again with the same parameters; the earlier one stays.",
    ),
    ProblemType("withdrawn", (410,), "This was withdrawn", "Do not use copies of it any more."),
    ProblemType(
        "changed-meanwhile", (409, 412), "It is not what you saw", "Read it again, then change it with its new ETag."
    ),
    ProblemType("too-large", (413,), "The request is too large", "Send less; the detail says how much is taken."),
    ProblemType("address-too-long", (414,), "The address is too long", "Send fewer or shorter parameters."),
    ProblemType(
        "unsupported-media-type", (415,), "The body's media type is not taken", "Set Content-Type as detail says."
    ),
    ProblemType("range-not-satisfiable", (416,), "There are no such bytes", "Ask for a range within Content-Range."),
    ProblemType(
        "invalid-input", (422,), "Something in the input is wrong", "Mend what problems lists; each has its remedy."
    ),
    ProblemType(
        "unreadable-text",
        (400, 422),
        "A text holds what UTF-8 cannot",
        "Take the sign out; it is mostly one half of a pair, written as \\ud800.",
    ),
    ProblemType(
        "memory-limit", (422,), "The work needs more memory than it may have", "Ask for less, or raise the limit."
    ),
    ProblemType("out-of-time", (422,), "No answer was found in time", "Allow more with time_limit_s, or ask for less."),
    ProblemType(
        "key-used-otherwise",
        (422,),
        "The Idempotency-Key came with another request",
        "Use a new key for a new request.",
    ),
    ProblemType("revision-required", (428,), "Say which revision you saw", "Send the ETag of the record as If-Match."),
    ProblemType("too-many-requests", (429,), "Too many requests", "Wait as long as Retry-After says."),
    ProblemType("headers-too-large", (431,), "The headers are too large", "Send fewer or shorter headers."),
    ProblemType("server-error", (500,), "Something went wrong", "Send the request id to whoever runs the service."),
    ProblemType(
        "corrupt-store", (500,), "The database is damaged", "Whoever runs the service restores it from a backup."
    ),
    ProblemType("not-implemented", (501,), "This is not offered", "See /docs for what is."),
    ProblemType("busy", (503,), "The service is busy", "Try again after as many seconds as Retry-After says."),
    ProblemType(
        "read-only", (503,), "The service can read but not write", "Whoever runs the service looks at its disk."
    ),
    ProblemType("time-limit", (504,), "The work took too long and was stopped", "Ask for less, or raise the limit."),
    ProblemType("disk-full", (507,), "There is no room to store this", "Delete what is no longer needed, then repeat."),
)

TYPES_BY_NAME = {each.name: each for each in PROBLEM_TYPES}
_BY_STATUS = {status: each for each in reversed(PROBLEM_TYPES) for status in reversed(each.statuses)}
# A status of two types is that of the type that has it first.
_BY_STATUS[409] = TYPES_BY_NAME["conflict"]


def problem_type(status: int, name: str | None = None) -> ProblemType:
    """
    Find the type of an error.

    Parameters
    ----------
    status
        HTTP status.
    name
        Of the type, if the error names one.

    Returns
    -------
    type
        That of the name, else the first with the status, else that of all errors of its class.
    """
    if name in TYPES_BY_NAME:
        return TYPES_BY_NAME[name]
    return _BY_STATUS.get(status) or _BY_STATUS[400 if status < 500 else 500]
