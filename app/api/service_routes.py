"""Health, and the documentation of the interface, self-hosted."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.services.dependencies import ServiceHere

router = APIRouter(include_in_schema=False)

_DOCUMENTATION = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Feeder Zones: HTTP interface</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/static/vendor/favicon-32x32.png">
<link rel="stylesheet" href="/static/vendor/swagger-ui.css"></head>
<body><div id="swagger"></div><script src="/static/vendor/swagger-ui-bundle.js"></script>
<script src="/static/documentation.js"></script></body></html>"""
_DOCUMENTATION_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get("/healthz")
async def health(service: ServiceHere) -> dict[str, str]:
    """Whether the service and its database answer; it never waits for a thread that other requests hold."""
    service.store.check()
    return {"status": "ok"}


@router.get("/docs")
def documentation() -> Response:
    """Swagger UI."""
    return HTMLResponse(_DOCUMENTATION, headers={"Content-Security-Policy": _DOCUMENTATION_POLICY})
