"""
What people run: a deployment and its worker, no server at all, a Dask worker that dies, a run
that fails.

Against a real Prefect server; not part of a plain `pytest`, because each start of Prefect costs
seconds: `pytest -m operations`, as .ci/run does.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from test_flow_ingest import PREFECT, ROOT, begin, finished, s, server
from test_gather import documents, toml, what_is_known

from flows.tables import Tables, rows_of

__all__ = ["s", "server"]  # fixtures

pytestmark = pytest.mark.operations
PAGES = tuple(f"/slow/{number}" for number in range(20))
SECONDS = 120  # until anything here must have happened


def until(condition, run=None):
    """Wait for something that a run brings about."""
    for _ in range(SECONDS * 10):
        if found := condition():
            return found
        assert run is None or run.poll() is None, run.communicate()
        time.sleep(0.1)
    raise AssertionError("it did not happen")


@pytest.fixture(scope="module")
def undisturbed(server, s, tmp_path_factory):
    """What the sources give when nothing comes between."""
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "sources.toml").write_text(toml(s, *PAGES, fresh="1d"), encoding="utf-8")
    finished(server.ingest(str(folder / "sources.toml"), "--data", str(folder / "data")))
    return folder


def test_a_worker_picks_a_deployment_up_and_the_dataset_grows(server, s, tmp_path):
    """prefect.yaml as it is shipped, for another source: pool, deploy, run, worker, artifacts."""
    (tmp_path / "sources.toml").write_text(toml(s, *PAGES, fresh="1d"), encoding="utf-8")
    shipped = (ROOT / "prefect.yaml").read_text("utf-8")
    changed = shipped.replace("docs/sources.toml", "sources.toml").replace(
        "source: 河湾日报", "source: 小报"
    )
    (tmp_path / "prefect.yaml").write_text(changed, encoding="utf-8")
    home = {**server.home, "PREFECT_API_URL": server.url, "ZHENGBEN_HOME": str(tmp_path)}

    def prefect(*arguments):
        return begin(PREFECT, *arguments, cwd=tmp_path, **home)

    finished(prefect("--no-prompt", "work-pool", "create", "zhengben", "--type", "process"))
    finished(prefect("--no-prompt", "deploy", "--all"))
    finished(prefect("deployment", "run", "zhengben-ingest/hewan-daily"))
    worker = prefect("worker", "start", "--pool", "zhengben")
    try:
        until(lambda: _states(server, "zhengben") == {"COMPLETED"}, worker)
    finally:
        worker.terminate()
        worker.communicate(timeout=60)
    assert len(documents(tmp_path / "data")) == len(PAGES)
    assert "ingest-report" in {each["key"] for each in server.ask("artifacts/filter")}


def _states(server, pool):
    """Of the runs of a pool that were not only scheduled for later."""
    runs = server.ask("flow_runs/filter", work_pools={"name": {"any_": [pool]}})
    now = [run for run in runs if not run["auto_scheduled"]]
    return {run["state_type"] for run in now}


def test_the_flow_runs_where_no_server_was_started(tmp_path, undisturbed):
    """`python -m flows.ingest` brings a server of its own, and the same rows."""
    module = "import runpy; runpy.run_module('flows.ingest', run_name='__main__', alter_sys=True)"
    arguments = (str(undisturbed / "sources.toml"), "--data", str(tmp_path / "data"))
    finished(begin(module, *arguments, PREFECT_HOME=str(tmp_path / "prefect")))
    assert what_is_known(tmp_path / "data") == what_is_known(undisturbed / "data")


def test_a_dask_worker_that_is_killed_loses_and_doubles_nothing(server, tmp_path, undisturbed):
    """Its file is cleaned by another one; the rows are those of an undisturbed run."""
    run = server.ingest(
        *(str(undisturbed / "sources.toml"), "--data", str(tmp_path / "data")),
        *("--runner", "dask", "--workers", "1"),
    )
    until(lambda: _cleaning(run), run).kill()
    finished(run)
    found = documents(tmp_path / "data")
    assert Counter(row["id"] for row in found).most_common(1)[0][1] == 1
    assert what_is_known(tmp_path / "data") == what_is_known(undisturbed / "data")


def _cleaning(run):
    """A worker of the Dask cluster that has begun: it has processes of its own."""
    for child in psutil.Process(run.pid).children():
        with suppress(psutil.NoSuchProcess):
            if "spawn_main" in " ".join(child.cmdline()) and child.children():
                return child
    return None


def test_a_run_that_fails_says_so_to_prefect(server, undisturbed, tmp_path):
    """An event names the source and what is wrong; the run is a failed one."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "archive").write_text("a file where a folder has to be", encoding="utf-8")
    run = server.ingest(str(undisturbed / "sources.toml"), "--data", str(data))
    _, said = run.communicate(timeout=SECONDS)
    assert run.returncode != 0
    assert "archive" in said

    def told():
        wanted = {"filter": {"event": {"name": ["zhengben.ingest.failed"]}}, "limit": 10}
        return server.ask("events/filter", **wanted)["events"]

    [event] = until(told)
    assert event["resource"]["prefect.resource.id"] == "zhengben.source.小报"
    assert "FAILED" in {each["state_type"] for each in server.ask("flow_runs/filter")}
    assert not Path(data, "tables").exists() or not rows_of(Tables(data).read("documents"))
