"""Files of every kind on the command line: checked, read as the user says, and fetched from the portal."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from typer.testing import CliRunner

from app.cli.commands import cli
from clustering import release_name
from tests.app.services.test_file_kinds import records
from tests.examples.sound_files import (
    csv,
)
from tests.examples.toy_district import toy_flows, toy_schools


def test_the_command_line_checks_files(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_bytes(csv(toy_schools()))
    (tmp_path / "students.csv").write_bytes(csv(records()))
    options = ["check", "--schools", str(tmp_path / "s.csv"), "--students", str(tmp_path / "students.csv")]
    done = CliRunner().invoke(cli, [*options, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "student records" in done.output
    assert "STU0" not in done.output
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["flow_rows"]["feeding"] == 15
    assert not [path for path in (tmp_path / "out").iterdir() if "STU0" in path.read_text()]
    # Which rows of student records were left out is not for release.
    assert (
        (tmp_path / "out" / release_name("set_aside.csv", "exact"))
        .read_text()
        .startswith("not_for_release,file,row,reason")
    )
    assert (tmp_path / "out" / "crosswalk.csv").is_file()


def test_the_command_line_tells_file_row_and_column(tmp_path: Path) -> None:
    schools = toy_schools()
    schools.loc[2, "lat"] = "412"
    (tmp_path / "s.csv").write_bytes(csv(schools))
    (tmp_path / "f.csv").write_bytes(csv(toy_flows()))
    done = CliRunner().invoke(cli, ["check", "--schools", str(tmp_path / "s.csv"), "--flows", str(tmp_path / "f.csv")])
    assert done.exit_code == 2
    output = " ".join(done.output.split())
    assert "Problem in s.csv, column lat" in output
    assert "row 4: '412'" in output


def test_the_command_line_is_told_how_to_read_a_file(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_bytes(csv(toy_schools()))
    (tmp_path / "f.csv").write_bytes(csv(toy_flows().assign(school_year="2023").rename(columns={"students": "kids"})))
    command = ["check", "--schools", str(tmp_path / "s.csv"), "--flows", str(tmp_path / "f.csv")]
    refused = CliRunner().invoke(cli, command)
    assert refused.exit_code == 2
    assert "students" in refused.output
    named = [*command, "--read", "f.csv:columns.students=kids"]
    result = CliRunner().invoke(cli, named)
    assert result.exit_code == 2
    assert "year_convention=spring" in " ".join(result.output.split())
    out = tmp_path / "out"
    done = CliRunner().invoke(cli, [*named, "--read", "*:year_convention=spring", "--out", str(out)])
    assert done.exit_code == 0, done.output
    report = json.loads((out / "report.json").read_text())
    assert report["facts"]["school_years"] == [2022]
    # Fourteen cells with 640 students, none known exactly.
    assert 0 < report["flow_students_low"]["feeding"] < 640 < report["flow_students_high"]["feeding"]


def test_the_command_line_fetches_a_table_and_takes_it_up_again(tmp_path: Path) -> None:
    addresses: list[str] = []

    class Portal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            addresses.append(self.path)
            following = None if "page=2" in self.path else f"http://{self.headers['Host']}{self.path}&page=2"
            record = {"ncessch": "20000500001" + str(len(addresses)), "school_name": f"School {len(addresses)}"}
            content = json.dumps({"count": 2, "next": following, "results": [record]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Portal) as portal:
        threading.Thread(target=portal.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        base = f"http://127.0.0.1:{portal.server_address[1]}/api/v1/"
        command = ["fetch", "schools/ccd/directory", "2021", "--where", "fips=20", "--out", str(tmp_path / "pages")]
        runs = [CliRunner().invoke(cli, [*command, "--base", base, "--per-second", "1000"]) for _ in range(2)]
        portal.shutdown()
    assert [run.exit_code for run in runs] == [0, 0], runs[0].output
    path = "/api/v1/schools/ccd/directory/2021/?fips=20"
    assert addresses == [path, f"{path}&page=2"]  # the second run asks for nothing
    pages = sorted((tmp_path / "pages").glob("page-*.json"))
    assert [json.loads(page.read_text())["results"][0]["school_name"] for page in pages] == ["School 1", "School 2"]


def test_a_portal_that_refuses_ends_the_command_with_the_reason(tmp_path: Path) -> None:
    command = ["fetch", "schools/../admin", "2021", "--out", str(tmp_path / "pages"), "--base", "http://127.0.0.1:9/"]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert not list(tmp_path.glob("pages/page-*"))
