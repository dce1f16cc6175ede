"""What whoever runs the service sees of it: ids of requests, lines of the log, health, metrics; and a path prefix."""

from __future__ import annotations

import json
import logging
import re
import shutil
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient

from app.api.request_middleware import REQUEST_ID
from app.main import create_app
from app.serving.log_lines import JsonLines, TextLines
from app.settings import Settings
from app.telemetry import request_spans
from tests.examples.service_requests import ask_for_zones, running_service, toy_uploads, wait_for_job

BY_LIST = {"identification": "official:designation=CSI"}


@pytest.mark.parametrize("sent", ["abc-1.2_3", "a" * 64])
def test_a_well_formed_id_is_kept(client: TestClient, sent: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": sent}).headers["X-Request-ID"] == sent


@pytest.mark.parametrize("sent", ["", "a b", "a" * 65, "<script>", "-a"])
def test_any_other_request_gets_an_id(client: TestClient, sent: str) -> None:
    answers = [client.get(path, headers={"X-Request-ID": sent}) for path in ("/healthz", "/none", "/datasets?x=1")]
    ids = [answer.headers["X-Request-ID"] for answer in answers]
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids)
    assert len(set(ids)) == 3


def test_a_line_of_the_log_has_the_route_and_nothing_that_was_asked(
    client: TestClient, dataset_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="app.requests"):
        client.get(f"/datasets/{dataset_id}?secret=student-0815", headers={"X-Request-ID": "one"})
        client.post("/checks", files={"files": ("student-0815.csv", b"student_id\n0815\n")})
    first, second = [record for record in caplog.records if record.name == "app.requests"]
    facts = first.__dict__["facts"]
    assert (facts["method"], facts["route"], facts["status"]) == ("GET", "/datasets/{dataset_id}", 422)
    assert facts["bytes_in"] == 0
    assert facts["bytes_out"] > 100
    assert second.__dict__["facts"]["bytes_in"] > 50
    token = REQUEST_ID.set("one")
    lines = [formatter.format(record) for formatter in (JsonLines(), TextLines()) for record in (first, second)]
    REQUEST_ID.reset(token)
    assert "0815" not in "".join(lines)
    assert dataset_id not in "".join(lines)
    assert json.loads(lines[0])["request_id"] == "one"
    assert json.loads(lines[0])["duration_ms"] >= 0
    assert "[one] method=GET route=/datasets/{dataset_id} status=422" in lines[2]


def test_no_text_begins_a_line_of_its_own() -> None:
    record = logging.LogRecord("x", logging.WARNING, "x.py", 1, "name %s", ("a\nb\r2026 INFO forged",), None)
    assert "\n" not in TextLines().format(record)
    assert "\n" not in JsonLines().format(record)


def test_health_and_readiness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_service(tmp_path) as client:
        assert client.get("/readyz").json() == {
            "status": "ok",
            "checks": {"database": "ok", "disk": "ok", "data_directory": "ok", "jobs": "ok", "files": "ok"},
        }
        usage = shutil.disk_usage(tmp_path)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=5 * 1024 * 1024))
        full = client.get("/readyz")
        assert (full.status_code, full.headers["Retry-After"]) == (503, "5")
        assert full.json()["checks"]["disk"] == "The disk has only 5 MB left."
        assert client.get("/healthz").json() == {"status": "ok"}


def test_metrics_count_requests_by_route_and_jobs_by_state(tmp_path: Path) -> None:
    key = {"Authorization": "Bearer a key"}
    with running_service(tmp_path, metrics_key="a key") as client:
        dataset_id = client.post("/datasets", files=toy_uploads()).json()["id"]
        name = 'zones_http_requests_total{method="GET",route="/datasets/{dataset_id}",status="200"}'

        def read() -> dict[str, float]:
            lines = client.get("/metrics", headers=key).text.splitlines()
            return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[0] != "#"}

        before = read()
        for _ in range(3):
            client.get(f"/datasets/{dataset_id}")
        ask_for_zones(client, dataset_id, **BY_LIST)
        after = read()
        assert after[name] - before.get(name, 0) == 3
        assert after['zones_jobs{state="succeeded"}'] == 1
        assert dataset_id not in str(after)
        # The test's client is no address of this machine.
        for headers in ({}, {"Authorization": "Bearer other"}, {"Authorization": "a key"}):
            assert client.get("/metrics", headers=headers).status_code == 403


def test_metrics_say_what_is_reserved_and_how_long_jobs_wait(tmp_path: Path) -> None:
    key = {"Authorization": "Bearer a key"}
    with running_service(tmp_path, metrics_key="a key", memory_mb=1000) as client:
        dataset_id = client.post("/datasets", files=toy_uploads()).json()["id"]

        def read(name: str) -> float:
            text = client.get("/metrics", headers=key).text
            return float(re.findall(rf"^zones_{name} (\S+)$", text, re.MULTILINE)[0])

        assert read("memory_budget_bytes") == 13 * 64 * 2**20  # 1,000 MB, less an eighth for layers: 13 whole slots
        assert (read("memory_reserved_bytes"), read("job_oldest_queued_seconds")) == (0, 0)
        memory = client.app.state.service.memory  # type: ignore[attr-defined]
        held = memory.reserve(1000)
        assert read("memory_reserved_bytes") == 13 * 64 * 2**20
        job = client.post("/proposals", json={"dataset_id": dataset_id, "parameters": BY_LIST})
        assert (job.status_code, read('jobs{state="queued"}')) == (202, 1)
        assert read("job_oldest_queued_seconds") > 0
        held.give_back()
        assert wait_for_job(client, job.headers["Location"])["status"] == "succeeded"
        assert (read("memory_reserved_bytes"), read("job_oldest_queued_seconds")) == (0, 0)


def test_metrics_are_for_this_machine_alone_unless_there_is_a_key(tmp_path: Path) -> None:
    application = create_app(Settings(data_directory=tmp_path))
    with TestClient(application, base_url="http://127.0.0.1", client=("127.0.0.1", 5)) as here:
        assert here.get("/metrics").status_code == 200
        for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):  # a proxy of this machine asks for somebody else
            assert here.get("/metrics", headers={name: "10.0.0.1"}).status_code == 403


def test_a_span_has_the_route_and_no_query() -> None:
    exporter = InMemorySpanExporter()
    spans = request_spans(is_on=True, exporter=exporter)
    with spans() as name:
        assert name is not None
        name("GET /jobs/{job_id}", {"status": 200, "caller": None})
    (span,) = exporter.get_finished_spans()
    assert (span.name, dict(span.attributes or {})) == ("GET /jobs/{job_id}", {"status": 200})
    assert request_spans(is_on=False)().__enter__() is None


def test_under_a_path_of_a_proxy_every_link_has_it(tmp_path: Path) -> None:
    with running_service(tmp_path, root_path="/feeder/") as client:
        made = client.post("/feeder/datasets", files=toy_uploads())
        dataset_id = made.json()["id"]
        assert made.headers["Location"] == made.json()["links"]["self"] == f"/feeder/datasets/{dataset_id}"
        body = {"dataset_id": dataset_id, "parameters": BY_LIST}
        done = client.post("/proposals", json=body, headers={"Prefer": "wait=60"})  # the proxy took the path off
        own = f"/feeder/proposals/{done.json()['id']}"
        assert done.headers["Content-Location"] == done.json()["links"]["self"] == own
        for name, link in done.json()["links"].items():
            assert link.startswith("/feeder/"), name
        for name in ("self", "zones", "dataset"):
            assert client.get(done.json()["links"][name]).status_code == 200
        assert client.get(f"{own}/zones").headers["Link"] == f'<{own}>; rel="describedby"'
        assert client.get("/feeder/openapi.json").json()["servers"] == [{"url": "/feeder"}]
        for page in ("", "/", f"/browse/datasets/{dataset_id}", f"/browse{own.removeprefix('/feeder')}", "/docs"):
            shown = client.get(f"/feeder{page}")
            assert shown.status_code == 200
            links = re.findall(r'(?:href|src|action)="(/[^"]*)"', shown.text)
            assert links
            assert [link for link in links if not link.startswith("/feeder/")] == []
            assert int(shown.headers["Content-Length"]) == len(shown.content) or "Content-Encoding" in shown.headers


@pytest.mark.parametrize("path", ["zones", "/a b", "/<x>", "//evil.example", "/a/../b?c"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        Settings(root_path=path)
