"""Health, and the documentation of the interface, self-hosted."""

from __future__ import annotations

from hmac import compare_digest

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from app.errors import ServiceError
from app.metrics import ServiceNumbers, metrics_text
from app.services.dependencies import ServiceHere
from app.services.health import check_service
from app.services.service import Service
from app.settings import is_loopback
from app.store import ADMIN

router = APIRouter(include_in_schema=False)
_BYTES_PER_MB = 2**20
# Checks that may fail while the service still answers most requests, and the status that is given then.
_LESSER = {"engine": "jobs wait", "files": "damaged files"}

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
async def health() -> dict[str, str]:
    """Whether the process lives; it never waits for a thread that other requests hold."""
    return {"status": "ok"}


@router.get("/readyz")
def ready(request: Request, _service: ServiceHere) -> JSONResponse:
    """Whether the service can do its work: 503 with what is wrong if it cannot."""
    whole: Service = request.app.state.service
    checks = check_service(whole)
    wrong = [name for name, found in checks.items() if found != "ok"]
    is_ready = set(wrong) <= set(_LESSER)
    status = (_LESSER[wrong[0]] if wrong else "ok") if is_ready else "not ready"
    content = {"status": status, "checks": checks}
    return JSONResponse(content, status_code=200 if is_ready else 503, headers={} if is_ready else {"Retry-After": "5"})


@router.get("/metrics")
def metrics(request: Request, service: ServiceHere) -> Response:
    """Numbers for Prometheus: for this machine, or whoever has the key of the setting metrics_key."""
    if not (service.caller.is_signed_in and service.caller.may(ADMIN)):
        _refuse_others(request, service.settings.metrics_key)
    whole: Service = request.app.state.service
    budget_mb = whole.memory.whole_mb
    gauges = {
        "job_oldest_queued_seconds": whole.store.oldest_queued_s(),
        "memory_budget_bytes": budget_mb * _BYTES_PER_MB,
        "memory_reserved_bytes": (budget_mb - whole.memory.free_mb()) * _BYTES_PER_MB,
        "uploads_running": whole.uploads.taken,
    }
    numbers = ServiceNumbers(whole.store.job_states(), gauges=gauges)
    return Response(metrics_text(numbers), media_type=CONTENT_TYPE_LATEST)


def _refuse_others(request: Request, key: str) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if key and scheme.lower() == "bearer" and compare_digest(given.encode(), key.encode()):
        return
    is_behind_proxy = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))
    if request.client is not None and is_loopback(request.client.host) and not is_behind_proxy:
        return
    raise ServiceError(403, "Metrics are for this machine, or for whoever has the key of FEEDER_ZONES_METRICS_KEY.")


@router.get("/docs")
def documentation() -> Response:
    """Swagger UI."""
    return HTMLResponse(_DOCUMENTATION, headers={"Content-Security-Policy": _DOCUMENTATION_POLICY})
