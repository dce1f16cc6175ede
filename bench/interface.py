"""
Send generated requests to every operation of the OpenAPI document, and compare each answer with it.

``python -m bench.interface 600`` does so for ten minutes against a server of its own, which holds the demonstration,
with matches and year plans, and a state with proposals, records and releases. With ``--phases stateful`` there are only
chains of requests, in which later ones use what earlier ones answered.

Schemathesis checks statuses, media types, headers, schemas, methods and what malformed
requests get. Two of its checks do not fit: identifiers cannot be made up, so well-formed requests need not succeed, and
on this machine nobody has to sign in. How long an answer takes depends on what else the machine does, so that only ten
minutes are too long.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.kill_clients import Clients, Notes
from bench.servers import zones_service

_UNFIT = "positive_data_acceptance,ignored_auth"
_FILLING_S = 10.0


def main() -> None:
    """Start a server, fill it, test it, and end with the status of the tests."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", nargs="?", default="600")
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        program = zones_service(Path(folder) / "data", workers=2, allow_release="true")
        program.command += ("--demo",)
        program.start("/healthz")
        try:
            _fill(program.port)
            tests = [str(Path(sys.executable).parent / "schemathesis"), "run"]
            tests += [f"http://127.0.0.1:{program.port}/openapi.json", "--phases", arguments.phases]
            tests += ["--checks", "all", "--exclude-checks", _UNFIT, "--seed", "18", "--max-time", arguments.seconds]
            tests += ["--continue-on-failure", "--suppress-health-check", "all", "--request-timeout", "120"]
            tests += ["--max-response-time", "600"]
            status = subprocess.run(tests, check=False).returncode
        finally:
            program.stop()
    raise SystemExit(status)


def _fill(port: int) -> None:
    """Keep a few of everything, so that lists answer identifiers that later requests can use."""
    clients = Clients(port, Notes(), seed=1)
    clients.prepare()
    with clients:
        time.sleep(_FILLING_S)
    if clients.notes.refusals:
        raise SystemExit(f"The server refused to be filled: {clients.notes.refusals}")


if __name__ == "__main__":
    main()
