"""How connections are held and processes run: uvicorn, with limits that its own settings do not have."""

from app.serving.first_answer import call_when_answered
from app.serving.run import serve_application

__all__ = ["call_when_answered", "serve_application"]
