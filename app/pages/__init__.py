"""Pages for people: upload, report, request, progress, proposal; plain HTML forms, no script needed."""

from app.pages.views import router

__all__ = ["router"]
