"""Running the service: one process, or several that share one socket."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import resource
import shutil
import signal
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from app.serving.connection_limits import limits_of
from app.serving.log_lines import configure_logs
from app.serving.protocol import LimitedProtocol, limit_connections
from app.settings import Settings
from app.storage_errors import STORAGE_ERRORS

_BACKLOG = 2_048
_MAXIMUM_FILES = 65_536
# A process that answers nothing for so long is replaced; starting takes some seconds on a busy machine.
_HEALTH_CHECK_S = 60
_LOOK_AGAIN_AFTER_S = 1.0

logger = logging.getLogger(__name__)


def serve_application(settings: Settings, processes: int = 1) -> None:
    """
    Serve until a signal ends it.

    Parameters
    ----------
    settings
        Everything that can be set.
    processes
        How many serve requests. Of several, one that dies is replaced; SIGHUP replaces all, one after another.
    """
    _allow_many_files()
    configure_logs(settings)
    if processes == 1:
        from app.main import create_app  # noqa: PLC0415

        limit_connections(limits_of(settings))
        uvicorn.Server(server_config(settings, create_app(settings))).run()
        return
    from app.services.service import prepare_service  # noqa: PLC0415

    prepare_service(settings)
    os.environ.update(_as_environment(settings))
    _collect_metrics_in(settings.data_directory / "metrics")
    config = server_config(settings, "app.serving.run:worker_application", factory=True, workers=processes)
    Multiprocess(config, [config.bind_socket()]).run()


def worker_application() -> FastAPI:
    """Make the application of a worker process, from the environment that its parent left it."""
    from app.main import create_app  # noqa: PLC0415

    _end_with_parent()
    settings = Settings()
    configure_logs(settings)
    limit_connections(limits_of(settings))
    _await_database(settings)
    return create_app(settings, is_prepared=True)


def _await_database(settings: Settings) -> None:
    """
    Wait until the database answers.

    A worker process that takes the place of another may start while the database is away. If it failed then, the first
    process would stop all.
    """
    from app.store import reach_database  # noqa: PLC0415

    # Until the server runs, nothing else ends this process at a signal.
    usual = {number: signal.signal(number, _end_now) for number in (signal.SIGTERM, signal.SIGINT)}
    database = reach_database(settings)
    is_away = False
    while True:
        try:
            with database.connect():
                break
        except STORAGE_ERRORS:
            if not is_away:
                logger.warning("the database cannot be reached; this process waits for it")
            is_away = True
            time.sleep(_LOOK_AGAIN_AFTER_S)
    database.dispose()
    for number, handler in usual.items():
        signal.signal(number, handler)


def _end_now(_number: int, _frame: FrameType | None) -> None:
    os._exit(0)


def server_config(settings: Settings, application: Any, **more: Any) -> uvicorn.Config:
    """Configure uvicorn; the headers of proxies are left to ``ForwardedMiddleware``."""
    return uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        http=LimitedProtocol,
        ws="none",
        loop="auto",
        interface="asgi3",
        server_header=False,
        access_log=False,
        log_config=None,
        backlog=_BACKLOG,
        proxy_headers=False,
        timeout_keep_alive=int(settings.keep_alive_timeout_s),
        timeout_worker_healthcheck=_HEALTH_CHECK_S,
        timeout_graceful_shutdown=int(settings.stop_timeout_s),
        **more,
    )


def _end_with_parent() -> None:
    """Stop when the first process ends, even if it is killed: nobody would replace or stop this one any more."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def _as_environment(settings: Settings) -> dict[str, str]:
    """Write settings as a worker process reads them: what the options of a command said counts there too."""
    values = settings.model_dump(mode="json")
    return {
        f"FEEDER_ZONES_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
        if value is not None
    }


def _collect_metrics_in(folder: Path) -> None:
    """Let the processes put their counts together, in files that prometheus_client reads."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder.resolve())


def _allow_many_files() -> None:
    """Each connection is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAXIMUM_FILES if hard == resource.RLIM_INFINITY else min(hard, _MAXIMUM_FILES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
