"""How connections are held and processes run: uvicorn, with limits that its own settings do not have."""

from app.serving.run import serve_application

__all__ = ["serve_application"]
