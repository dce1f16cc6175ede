"""
Send generated requests to every operation of the OpenAPI document, and compare each answer with it.

``python -m bench.interface 600`` does so for ten minutes against a server of its own. Schemathesis checks statuses,
media types, headers, schemas, methods and what malformed requests get. Two of its checks do not fit: identifiers cannot
be made up, so well-formed requests need not succeed, and on this machine nobody has to sign in. How long an answer
takes depends on what else the machine does, so that only ten minutes are too long.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_UNFIT = "positive_data_acceptance,ignored_auth"


def main() -> None:
    """Start a server, test it, and end with the status of the tests."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "600"
    programs = Path(sys.executable).parent
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "FEEDER_ZONES_DATA_DIRECTORY": folder, "FEEDER_ZONES_ALLOW_RELEASE": "true"}
        command = [sys.executable, "-m", "app.cli.main", "serve", "--port", str(port)]
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
            try:
                _wait(f"http://127.0.0.1:{port}/healthz")
                tests = [str(programs / "schemathesis"), "run", f"http://127.0.0.1:{port}/openapi.json"]
                tests += ["--checks", "all", "--exclude-checks", _UNFIT, "--seed", "18", "--max-time", seconds]
                tests += ["--continue-on-failure", "--suppress-health-check", "all", "--request-timeout", "120"]
                tests += ["--max-response-time", "600"]
                status = subprocess.run(tests, check=False).returncode
            finally:
                server.terminate()
    raise SystemExit(status)


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            with urlopen(address):  # noqa: S310
                return
        except URLError:
            time.sleep(0.2)
    raise SystemExit("The server does not answer.")


if __name__ == "__main__":
    main()
