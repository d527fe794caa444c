"""
The pictures in docs/pictures, taken from the real thing: report and review page of the samples, and
Prefect's pages after an ingest of the test site.

    .venv/bin/python tests/bench/pictures.py [FOLDER]

Needs Chromium, its driver and a font with Han characters (Debian: chromium, chromium-driver,
fonts-noto-cjk). All servers are on
loopback, and ended by their own pids.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from browser import Browser  # noqa: E402
from test_flow_ingest import Server, finished  # noqa: E402
from test_gather import toml  # noqa: E402
from testsite import site  # noqa: E402

from flows import cli  # noqa: E402

SIZE = "1280,800"
BROWSER = (
    *("chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--virtual-time-budget=20000", f"--window-size={SIZE}"),
)


def picture(url: str, into: Path, profile: Path) -> None:
    """One page as a PNG."""
    options = [f"--user-data-dir={profile}", f"--screenshot={into}", url]
    subprocess.run([*BROWSER, *options], check=True, capture_output=True, timeout=120)


def of_samples(into: Path) -> None:
    """The report of the samples, and their review page at a cut that has been answered."""
    home = Path(tempfile.mkdtemp(prefix="pictures-"))
    browser = Browser()
    try:
        out, page = home / "samples", home / "review.html"
        cli.main(["clean", str(ROOT / "data" / "samples"), "--out", str(out), "--no-text"])
        cli.main(["review", str(out), "--out", str(page)])
        browser.window(1280, 1000)
        browser.open((out / "report.html").as_uri())
        browser.picture(into / "report.png")
        browser.window(1280, 800)
        browser.open(page.as_uri())
        browser.run(
            """const rows = [...document.querySelectorAll("#rows button")];
            rows.find((row) => row.textContent.includes("冰上的板凳")).click();"""
        )
        browser.press(*"jjyjn")
        browser.run("document.querySelector('.pane').scrollTop = 0")
        browser.picture(into / "review.png")
    finally:
        browser.close()
        shutil.rmtree(home, ignore_errors=True)


def main() -> None:
    """Clean the samples, ingest the test site twice as a flow, and take the pictures."""
    into = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    of_samples(into)
    of_prefect(into)


def of_prefect(into: Path) -> None:
    """A run of the ingest flow and its report."""
    home = Path(tempfile.mkdtemp(prefix="pictures-"))
    server = Server(home / "prefect")
    try:
        server.wait()
        with site() as running:
            running.crawl_delay = 0.0
            pages = (f"/a/{number}.html" for number in range(1, 41))
            (home / "sources.toml").write_text(toml(running, *pages, pages=40), encoding="utf-8")
            for _ in range(2):
                finished(server.ingest(str(home / "sources.toml"), "--data", str(home / "data")))
        address = server.url.removesuffix("/api")
        run = server.ask("flow_runs/filter", sort="END_TIME_DESC")[0]
        picture(f"{address}/runs/flow-run/{run['id']}", into / "prefect-run.png", home / "browser")
        artifacts = server.ask("artifacts/filter")
        report = next(each for each in artifacts if each["key"] == "ingest-report")
        page = f"{address}/artifacts/artifact/{report['id']}"
        picture(page, into / "prefect-report.png", home / "browser")
    finally:
        server.close()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
