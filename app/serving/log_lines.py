"""Lines of the log, as text or as one JSON object each."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from app.api.request_middleware import REQUEST_ID
from app.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Write every line of this process to standard error, in the form that is set."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # What migrations run on is of no interest at each start.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


class TextLines(logging.Formatter):
    """A line that people read: when, how serious, which request, what; in one line, whatever it holds."""

    def format(self, record: logging.LogRecord) -> str:
        """Write it."""
        facts = getattr(record, "facts", {})
        more = " ".join(f"{name}={value}" for name, value in facts.items() if value is not None)
        request_id = f" [{REQUEST_ID.get()}]" if REQUEST_ID.get() else ""
        text = f"{_time_of(record)} {record.levelname}{request_id} {more or _plain(record.getMessage())}"
        return text + (f"\n{self.formatException(record.exc_info)}" if record.exc_info else "")


class JsonLines(logging.Formatter):
    """A line that programs read: ``time``, ``level``, ``logger``, ``message``, ``request_id`` and the facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Write it."""
        line = {
            "time": _time_of(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": REQUEST_ID.get() or None,
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _time_of(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _plain(text: str) -> str:
    """Keep what a client chose from beginning a line of its own."""
    return text.replace("\r", "\\r").replace("\n", "\\n")
