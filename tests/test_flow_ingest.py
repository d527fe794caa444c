"""The ingest flow against a real Prefect server: the same rows, artifacts, and no dead run left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import httpx
import pytest
from test_gather import documents, toml, what_is_known
from testsite import site

from flows.prefect_settings import SETTINGS
from flows.tables import Tables, rows_of

ROOT = Path(__file__).resolve().parents[1]
COMMAND = "import sys; from flows.cli import main; sys.exit(main(sys.argv[1:]))"
PREFECT = "import sys; from prefect.cli import app; sys.argv[0] = 'prefect'; app()"


def test_the_settings_file_says_what_the_code_says():
    """prefect.toml is for the prefect command; every setting of ours is in it, with our value."""
    shipped = tomllib.loads((ROOT / "prefect.toml").read_text("utf-8"))

    def flat(table, above=""):
        for key, value in table.items():
            name = f"{above}_{key}"
            yield from flat(value, name) if isinstance(value, dict) else [(name, value)]

    said = {f"PREFECT{name.upper()}": str(value) for name, value in flat(shipped)}
    wanted = {name: value for name, value in SETTINGS.items() if name != "DO_NOT_TRACK"}
    assert {name: value.lower() for name, value in said.items()} == {
        name: value.lower() for name, value in wanted.items()
    }


def begin(*command, cwd=ROOT, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.Popen(
        [sys.executable, "-c", *command],
        cwd=cwd,
        env={**kept, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


class Server:
    """A Prefect server on loopback, and our command against it."""

    def __init__(self, home):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/api"
        self.home = {"PREFECT_HOME": str(home), "DO_NOT_TRACK": "1", **SETTINGS}
        here = {"PREFECT_SERVER_API_HOST": "127.0.0.1", "PREFECT_SERVER_API_PORT": str(port)}
        self.process = begin(PREFECT, "server", "start", **self.home, **here)

    def wait(self):
        for _ in range(600):
            try:
                if httpx.get(f"{self.url}/health", trust_env=False).is_success:
                    return
            except httpx.HTTPError:
                assert self.process.poll() is None, "the server does not start"
            time.sleep(0.2)
        raise AssertionError("the server does not answer")

    def close(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()

    def ingest(self, *arguments):
        return begin(COMMAND, "ingest", *arguments, **self.home, PREFECT_API_URL=self.url)

    def ask(self, path, **body):
        return httpx.post(f"{self.url}/{path}", json=body, trust_env=False).json()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("prefect"))
    try:
        running.wait()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def s():
    with site() as running:
        running.crawl_delay = 0.0
        yield running


def finished(run):
    _, said = run.communicate(timeout=180)
    assert run.returncode == 0, said
    return said


@pytest.mark.prefect
def test_the_flow_on_a_server_dask_and_a_killed_run(server, s, tmp_path):
    """
    One story, because each start of Prefect costs seconds: a run is killed, the next one tells
    Prefect so, finishes it and leaves its report; a Dask cluster gives the same rows.
    """
    text = toml(s, *(f"/slow/{number}" for number in range(20)), fresh="1d")
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")
    file, data, on_dask = (str(tmp_path / name) for name in ("sources.toml", "data", "on-dask"))

    killed = server.ingest(file, "--data", data, "--workers", "1")
    while len(s.log) < 8:
        assert killed.poll() is None, killed.communicate()
        time.sleep(0.02)
    killed.kill()
    killed.communicate()

    s.forget()
    assert "documents" in finished(server.ingest(file, "--data", data, "--workers", "1"))
    asked = [path for path in s.paths() if path.startswith("/slow/")]
    assert len(asked) <= 14, "what the killed run had archived is not fetched again"
    assert len(documents(Path(data))) == 20
    states = [run["state"] for run in rows_of(Tables(Path(data)).read("runs"))]
    assert sorted(states) == ["completed", "killed"]
    runs = {run["state_type"] for run in server.ask("flow_runs/filter")}
    assert runs == {"COMPLETED", "CRASHED"}
    artifacts = {artifact["key"]: artifact for artifact in server.ask("artifacts/filter")}
    assert {"ingest-counts", "ingest-report", "ingest-source", "ingest-cuts"} <= set(artifacts)
    [page] = (Path(data) / "reports").rglob("*.html")
    assert page.as_uri() in artifacts["ingest-report-page"]["data"]
    assert "documents" in artifacts["ingest-report"]["data"]
    assert "killed" in artifacts["ingest-report"]["data"]

    finished(server.ingest(file, "--data", on_dask, "--runner", "dask", "--workers", "1"))
    assert what_is_known(Path(on_dask)) == what_is_known(Path(data))
