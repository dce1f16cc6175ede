"""
What a client sees when the disk or the database fails, and whether the service recovers without anybody's help.

Run ``python -m bench.trials [--only full readonly locked corrupted restarted]``; as root, for the first two mount a
small file system. Each trial prints every answer: its status, and the type and sentence of the problem document. A
trial fails if an answer is a wrong one, or if the service does not work again afterwards. Prints what failed; ends
with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.kill_clients import WHO
from bench.load_service import form, send, upload_state
from bench.servers import Postgres, Program, get, zones_service
from clustering import generate_state, write_state

_JSON = {"Content-Type": "application/json"}


class Trial:
    """
    The answers of one trial, and what was wrong with them.

    Parameters
    ----------
    name
        Of the trial.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.wrong: list[str] = []
        print(f"\n{name}", flush=True)

    def expect(self, what: str, answer: tuple[int, bytes], *statuses: int, kind: str = "") -> bytes:
        """Print an answer; it is wrong if it has another status, or another type of problem."""
        status, body = answer
        said = _said(body) if status >= 400 else ""
        said = said or (body[:200].decode(errors="replace") if status >= 500 else "")
        is_wrong = status not in statuses or kind not in said
        print(f"  {'WRONG ' if is_wrong else ''}{what}: {status} {said}", flush=True)
        if is_wrong:
            self.wrong.append(f"{self.name}: {what}: {status} {said}, not {statuses} {kind}")
        return body

    def check(self, what: str, is_right: bool) -> None:
        """Print whether something is as it should be."""
        print(f"  {'' if is_right else 'WRONG '}{what}", flush=True)
        if not is_right:
            self.wrong.append(f"{self.name}: {what}")


def main() -> None:
    """Try everything that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(_TRIALS), default=list(_TRIALS))
    wrong: list[str] = []
    for name in parser.parse_args().only:
        with tempfile.TemporaryDirectory(prefix="zones-trial-") as folder:
            Path(folder).chmod(0o755)
            trial = Trial(name)
            try:
                _TRIALS[name](trial, Path(folder))
            except (RuntimeError, OSError, ValueError, subprocess.CalledProcessError) as error:
                trial.check(f"it went on to the end: {error}", is_right=False)
            wrong += trial.wrong
    print(json.dumps({"benchmark": "trials", "wrong": wrong}))
    sys.exit(1 if wrong else 0)


def full(trial: Trial, folder: Path) -> None:
    """The disk is full: 507 for what needs room, reading, deleting and starting go on, and then there is room again."""
    with _small_disk(folder, megabytes=400) as disk, _running(disk / "data", reserve_mb=4) as service:
        datasets = [upload_state(service.port, 100), upload_state(service.port, 90)]
        filler = disk / "filler"
        _fill(filler)
        trial.expect("upload on the full disk", _upload(service.port, seed=5), 507, kind="disk-full")
        trial.expect("record on the full disk", _record(service.port), 201, 507)
        job = trial.expect("proposal on the full disk", _propose(service.port, datasets[0]), 202, 507)
        trial.expect("reading", get(service.port, f"/datasets/{datasets[0]}"), 200)
        trial.expect("readiness", get(service.port, "/readyz"), 503)
        trial.expect("deletion on the full disk", send(service.port, "DELETE", f"/datasets/{datasets[0]}"), 204)
        service.kill()
        # What was held back, or was made free, is gone too.
        (disk / "data" / "reserve").unlink(missing_ok=True)
        _fill(disk / "more")
        service.start("/healthz")
        trial.expect("reading after a start on the full disk", get(service.port, f"/datasets/{datasets[1]}"), 200)
        trial.expect("record after a start on the full disk", _record(service.port), 507)
        (disk / "more").unlink()
        _fill(disk / "more", but=1 << 20)
        trial.expect("deletion with 1 MB left", send(service.port, "DELETE", f"/datasets/{datasets[1]}"), 204)
        filler.unlink()
        (disk / "more").unlink()
        time.sleep(6)
        trial.expect("upload when there is room again", _upload(service.port, seed=6), 201)
        trial.expect("readiness when there is room again", get(service.port, "/readyz"), 200)
        _job_ends(trial, service.port, job)


def readonly(trial: Trial, folder: Path) -> None:
    """The disk becomes read-only: what writes says so, reading goes on, and it recovers."""
    with _small_disk(folder, megabytes=400) as disk, _running(disk / "data", reserve_mb=4) as service:
        dataset_id = upload_state(service.port, 100)
        remount = ["mount", "-o", "remount,ro", str(disk)]
        # Open files keep a file system writable: the folder is closed by its permissions instead where that is so.
        if subprocess.run(remount, capture_output=True, check=False).returncode:
            subprocess.run(["mount", "--bind", "-o", "ro", str(disk), str(disk)], check=False)  # noqa: S607
            print("  (files are open: read-only for what is opened from now on)")
        trial.expect("reading", get(service.port, f"/datasets/{dataset_id}"), 200)
        trial.expect("upload", _upload(service.port, seed=5), 503)
        trial.expect("readiness", get(service.port, "/readyz"), 503)
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)  # noqa: S607
        trial.expect("upload when it can be written again", _upload(service.port, seed=6), 201)


def locked(trial: Trial, folder: Path) -> None:
    """Another program holds the lock of the database for 40 seconds while a job runs: 503, and the job ends true."""
    with _running(folder / "data") as service:
        dataset_id = upload_state(service.port, 3_000)
        job = trial.expect("proposal", _propose(service.port, dataset_id), 202)
        program = (
            "import sqlite3, sys, time; held = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None);"
            "held.execute('BEGIN IMMEDIATE'); print('held', flush=True); time.sleep(40); held.execute('ROLLBACK')"
        )
        command = [sys.executable, "-c", program, str(folder / "data" / "feeder_zones.sqlite")]
        holder = subprocess.Popen(command, stdout=subprocess.PIPE)
        if holder.stdout is not None:
            holder.stdout.readline()
        trial.expect("reading while it is locked", get(service.port, f"/datasets/{dataset_id}"), 200)
        trial.expect("record while it is locked", _record(service.port), 503)
        holder.wait()
        trial.expect("record afterwards", _record(service.port), 201)
        _job_ends(trial, service.port, job)


def corrupted(trial: Trial, folder: Path) -> None:
    """Pages of the database are overwritten: the service says so and what to do, at the start or when it reads them."""
    data = folder / "data"
    with _running(data) as service:
        dataset_id = upload_state(service.port, 600)
        service.stop()
    path = data / "feeder_zones.sqlite"
    content = bytearray(path.read_bytes())
    for page in range(8, len(content) // 4_096, 3):
        content[4_096 * page : 4_096 * page + 4_096] = b"\xa5" * 4_096
    path.write_bytes(content)
    service = zones_service(data)
    service.begin()
    deadline = time.monotonic() + 60
    while not service.has_ended() and not service.answers("/healthz") and time.monotonic() < deadline:
        time.sleep(0.1)
    if service.has_ended():
        said = service.end_of_log()
        print(f"  it does not start: {said[-400:]}")
        trial.check("it says that it is damaged and to restore", "restore" in said and "amage" in said)
    else:
        trial.expect("reading", get(service.port, f"/datasets/{dataset_id}"), 500, kind="restore")
    service.kill()


def restarted(trial: Trial, folder: Path) -> None:
    """PostgreSQL stops while the service works, and starts again: 503 with Retry-After between, then all is well."""
    postgres = Postgres(folder / "postgres")
    postgres.start()
    try:
        with _running(folder / "data", database=postgres.make_database("service")) as service:
            dataset_id = upload_state(service.port, 3_000)
            job = trial.expect("proposal", _propose(service.port, dataset_id), 202)
            postgres.stop("immediate")
            trial.expect("reading while it is down", get(service.port, f"/datasets/{dataset_id}"), 503)
            trial.expect("record while it is down", _record(service.port), 503)
            trial.expect("readiness while it is down", get(service.port, "/readyz"), 503)
            trial.expect("life while it is down", get(service.port, "/healthz"), 200)
            postgres.start()
            trial.expect("reading at once afterwards", get(service.port, f"/datasets/{dataset_id}"), 200)
            trial.expect("record at once afterwards", _record(service.port), 201)
            _job_ends(trial, service.port, job)
    finally:
        postgres.stop("immediate")


_TRIALS: dict[str, Callable[[Trial, Path], None]] = {
    each.__name__: each for each in (full, readonly, locked, corrupted, restarted)
}


@contextmanager
def _running(data: Path, **settings: object) -> Iterator[Program]:
    service = zones_service(data, **{"allow_release": "true", **settings})  # type: ignore[arg-type]
    service.log = Path(tempfile.mkstemp(suffix=".log")[1])  # not on the disk that is filled
    try:
        service.start("/healthz")
        yield service
    finally:
        service.kill()
        service.log.unlink()


@contextmanager
def _small_disk(folder: Path, *, megabytes: int) -> Iterator[Path]:
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield disk
    finally:
        while subprocess.run(["umount", "-l", str(disk)], capture_output=True, check=False).returncode == 0:  # noqa: S607
            pass


def _fill(path: Path, *, but: int = 0) -> None:
    """Write until nothing more fits, in ever smaller pieces; then leave some bytes free."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * size)
        file.truncate(max(0, file.tell() - but))


def _upload(port: int, *, seed: int) -> tuple[int, bytes]:
    with tempfile.TemporaryDirectory() as name:
        write_state(generate_state(schools=600, seed=seed), Path(name))
        sent = {"schools": "schools.csv", "flows": "promotions.csv"}
        files = {role: (Path(name) / file).read_bytes() for role, file in sent.items()}
    return send(port, "POST", "/datasets", *form(files, second_cut="release", **WHO))


def _record(port: int) -> tuple[int, bytes]:
    _record_number[0] += 1
    number = _record_number[0]
    zone = {"zone_id": f"west {number}", "name": "West", "school_ids": [f"{number}"], "anchor_ids": [f"{number}"]}
    return send(port, "POST", "/records", json.dumps({**WHO, "zone": zone}).encode(), _JSON)


_record_number = [0]


def _propose(port: int, dataset_id: str) -> tuple[int, bytes]:
    return send(port, "POST", "/proposals", json.dumps({"dataset_id": dataset_id}).encode(), _JSON)


def _job_ends(trial: Trial, port: int, answer: bytes) -> None:
    """A job that was acknowledged, and not deleted since, ends in a true state without a restart."""
    document = json.loads(answer)
    if "status" not in document or not isinstance(document["status"], str):
        return
    deadline = time.monotonic() + 120
    job = {"status": "queued"}
    while job["status"] in ("queued", "running") and time.monotonic() < deadline:
        threading.Event().wait(0.5)
        status, body = get(port, f"/jobs/{document['id']}")
        if status == 404:
            print("  the job went with its dataset")
            return
        job = json.loads(body)
    trial.check(
        f"the job has ended: {job['status']} {_said(json.dumps(job.get('problem') or {}).encode())}",
        job["status"] in ("succeeded", "failed"),
    )


def _said(body: bytes) -> str:
    try:
        problem = json.loads(body)
    except ValueError:
        return repr(body[:200])
    return f"{problem.get('type', '')} {problem.get('detail', '')}".strip()


if __name__ == "__main__":
    main()
