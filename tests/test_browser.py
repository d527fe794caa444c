"""
Report and review page in a real Chromium: they open, load nothing, run no stranger's script, and can
be used by keyboard and by people who see little.

`pytest -m browser`; needs Debian's chromium and chromium-driver. axe-core comes from the npm registry.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import threading
import time
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest
from browser import CHROMIUM, DRIVER, Browser

from cleaners import RawPage, clean, packs
from cleaners.parse import parse_pack
from cleaners.rules import make_rules
from flows import cli
from flows.dataset import DatasetWriter, read_documents
from flows.review.answers import read_answers
from flows.review.data import page_of
from flows.review.serve import Review

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="no chromium and chromedriver: apt-get install them"
    ),
]

MANY = 2_000
PAINT_SECONDS = 10.0  # the aim is 2; a machine that others use as well must not fail the test
HOSTILE = (
    "</script><script>window.hit=1</script><img src=x onerror=window.hit=2>"
    "<svg onload=window.hit=3><a href=javascript:window.hit=4>x</a>\u2028\u202e{{7*7}}${7*7}"
)
PAGE = """{title}
来源：网络　作者：半日闲　更新时间：2024-01-12
下面是某某文档网小编给大家带来的交流发言材料，希望大家喜欢。
入冬以后，渡口停了船，孩子们把板凳翻过来当冰车，从东岸一直滑到西岸。
{extra}
太阳落山，冰开始响了，大人们走下河来，把自己家的孩子一个个拎回去。
如若转载，请注明出处：https://wenku.example.com/a/{number}.html
"""


def a_page(number: int, extra: str = "奶奶站在门口喊他们回家吃饭。") -> bytes:
    return PAGE.format(title=f"渡口的第{number}个冬天", extra=extra, number=number).encode()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A small dataset with a hostile page, its report and its review page."""
    home = tmp_path_factory.mktemp("browser")
    (home / "pages").mkdir()
    for number in range(4):
        (home / "pages" / f"{number}.txt").write_bytes(a_page(number))
    hostile = "".join(f"<p>{escape(line)}</p>" for line in a_page(4, HOSTILE).decode().splitlines())
    (home / "pages" / "4.html").write_text(f"<html><body>{hostile}</body></html>", "utf-8")
    (home / "pages" / "5.txt").write_bytes(b" \n")
    out = home / "out"
    assert cli.main(["clean", str(home / "pages"), "--out", str(out), "--times"]) == 0
    assert cli.main(["review", str(out), "--out", str(home / "review.html")]) == 0
    return home


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A review page of two thousand documents."""
    home = tmp_path_factory.mktemp("many")
    [made] = clean(RawPage("file:a.txt", a_page(0, "雪下了一夜，河面平得像一张纸。" * 60)))
    with DatasetWriter(home / "out", texts=False) as dataset:
        for number in range(MANY):
            source = f"https://site{number % 40}.example.com/{number}.html"
            provenance = replace(made.provenance, source=source)
            dataset.add(None, [replace(made, provenance=provenance)])
    assert cli.main(["review", str(home / "out"), "--out", str(home / "review.html")]) == 0
    return home / "review.html"


@pytest.fixture(scope="module")
def browser():
    opened = Browser()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def axe():
    """The source of axe-core, from a cache or the npm registry."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "zhengben-tests"
    cache.mkdir(parents=True, exist_ok=True)
    if not list(cache.glob("axe-core-4*.tgz")):
        if not shutil.which("npm"):
            pytest.skip("no npm to get axe-core with")
        got = subprocess.run(
            ["npm", "pack", "axe-core@4", "--silent"], cwd=cache, capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip
        if got.returncode:
            pytest.skip(f"axe-core cannot be had: {got.stderr.strip()[-200:]}")
    [package, *_] = sorted(cache.glob("axe-core-4*.tgz"))
    with tarfile.open(package) as files:
        source = files.extractfile("package/axe.min.js")
        assert source
        return source.read().decode()


def is_quiet(browser, page: str) -> None:
    """Nothing on the console, nothing asked for but the page itself, no stranger's script ran."""
    assert browser.said() == []
    assert set(browser.requests()) <= {page}
    assert browser.run("return window.hit") is None


def opened(browser, path: Path) -> str:
    """Open a file in an empty log; its address."""
    browser.said()
    browser.requests()
    browser.run("try { localStorage.clear() } catch {}")
    browser.open(path.as_uri())
    return path.as_uri()


@pytest.mark.parametrize("width", [1440, 390])
def test_the_report_opens_and_loads_nothing(browser, home, width):
    """No error, no request, no script of a page; nothing is wider than the window."""
    browser.window(width)
    page = opened(browser, home / "out" / "report.html")
    assert "6 pages came in" in browser.run("return document.body.innerText")
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.run(wide) <= 0
    is_quiet(browser, page)


@pytest.mark.parametrize("width", [1440, 390])
def test_hostile_text_stays_text(browser, home, width):
    """The review page shows a page's script and markup as words, and runs nothing of it."""
    browser.window(width)
    page = opened(browser, home / "review.html")
    browser.until("return document.documentElement.dataset.ready")
    browser.press(*"JJJJ")
    shown = browser.run("return document.getElementById('raw').innerText")
    assert "</script><script>window.hit=1</script><img src=x onerror=window.hit=2>" in shown
    assert "{{7*7}}${7*7}" in shown
    assert "‹U+202E›" in shown
    assert browser.run("return document.querySelectorAll('img, main a, main svg').length") == 0
    wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.run(wide) <= 0
    is_quiet(browser, page)


def test_two_thousand_documents_open_and_scroll(browser, many):
    """First paint is soon, the list holds a screenful of rows, and its end is reached at once."""
    browser.window(1440)
    page = opened(browser, many)
    browser.until("return document.documentElement.dataset.ready", 30)
    paint = browser.until(
        "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    )
    assert paint < PAINT_SECONDS * 1000
    assert "2,000 documents" in browser.run("return document.getElementById('found').textContent")
    frames = browser.run_later(
        """const done = arguments[0], list = document.getElementById("list"), times = [];
        let before = performance.now(), step = 0;
        (function frame(now) {
          times.push(now - before); before = now;
          list.scrollTop = ++step * 1500;
          if (step < 80) requestAnimationFrame(frame); else done(times.slice(2));
        })(before);"""
    )
    print(f"first paint {paint:.0f} ms, slowest frame {max(frames):.0f} ms")  # pytest -rP
    assert max(frames) < 1000
    assert browser.run("return document.querySelectorAll('#rows li').length") < 60
    browser.run("document.getElementById('list').scrollTop = 1e9")
    rows = "[...document.querySelectorAll('#rows li')]"
    browser.until(f"return {rows}.at(-1).getAttribute('aria-posinset') === '{MANY}'")
    is_quiet(browser, page)


def test_filters_narrow_what_is_shown(browser, home):
    """Rule, search and answers each leave only what they name, and say how much that is."""
    browser.window(1440)
    page = opened(browser, home / "review.html")
    pick = """const box = document.getElementById(arguments[0]); box.value = arguments[1];
        box.dispatchEvent(new Event(arguments[0] === "search" ? "input" : "change"));"""
    found = "return document.getElementById('found').textContent"
    everything = browser.run(found)
    browser.run(pick, "rule", "reprint-with-url")
    assert browser.run(found) == "5 documents, 5 cuts"
    browser.run(pick, "search", "window.hit")
    browser.until("return document.getElementById('found').textContent === '1 document, 1 cut'")
    browser.run(pick, "state", "wrong")
    assert browser.run(found) == "0 documents, 0 cuts"
    assert browser.run("return document.getElementById('none').checkVisibility()")
    for name in ("state", "search", "rule"):
        browser.run(pick, name, "")
    browser.until(f"return document.getElementById('found').textContent === '{everything}'")
    browser.run(pick, "certainty", "sure")
    assert browser.run(found).endswith("cuts")
    is_quiet(browser, page)


def test_the_keyboard_is_enough(browser, home):
    """From the first key to a downloadable answer: next, wrong, undo, search, help, documents."""
    browser.window(1440)
    page = opened(browser, home / "review.html")
    told = "return document.getElementById('about-rule').textContent"
    now = "return document.querySelector('.cut.now')?.dataset.cut"
    done = "return document.getElementById('done').textContent"
    assert browser.run(now) == "0"
    browser.press("j")
    assert browser.run(now) == "1"
    browser.press("k", "n")
    assert browser.run(done) == "1 answer, 1 wrong"
    assert browser.run(now) == "1", "on to the next"
    browser.press("y")
    assert browser.run(done) == "2 answers, 1 wrong"
    browser.press("u", "u")
    assert browser.run(done) == "no answers yet"
    assert "you said" not in browser.run(told)
    title = browser.run("return document.getElementById('title').textContent")
    browser.press("J")
    assert browser.run("return document.getElementById('title').textContent") != title
    browser.press("?")
    assert browser.run("return document.getElementById('help').open")
    browser.press("Escape", "/")
    assert browser.run("return document.activeElement.id") == "search"
    browser.press(*"jyn")
    assert browser.run("return document.getElementById('search').value") == "jyn"
    assert browser.run(done) == "no answers yet", "typed words are no keys"
    browser.press("Backspace", "Backspace", "Backspace", "Escape", "m")
    assert browser.run("return document.activeElement.id") == "noise-text"
    browser.press(*"渡口停了船", "Enter")
    browser.until(f"return ({done.removeprefix('return ')}) === '1 answer, 0 wrong'")
    assert "渡口停了船" in browser.run("return document.getElementById('missed').innerText")
    browser.press("u")
    assert not browser.run("return document.getElementById('missed').checkVisibility()")
    assert browser.run(done) == "no answers yet"
    browser.until("return !document.getElementById('yes').disabled")
    reached = set()
    for _ in range(40):
        browser.press("Tab")
        reached.add(
            browser.run("return document.activeElement.id || document.activeElement.className")
        )
    assert {"rule", "yes", "no", "undo", "help-open", "pane raw", "pane clean"} <= reached
    is_quiet(browser, page)


def test_answers_stay_in_the_browser(browser, home):
    """What was answered is there when the page is opened again, and can be taken along as a file."""
    browser.window(1440)
    opened(browser, home / "review.html")
    browser.until("return !document.getElementById('no').disabled")  # a cut is looked at
    browser.press("n")
    done = "return document.getElementById('done').textContent === '1 answer, 1 wrong'"
    browser.until(done)
    browser.open((home / "review.html").as_uri())
    assert browser.run(done)
    assert not browser.run("return document.getElementById('save').disabled")
    text = browser.run_later(
        """const done = arguments[0], make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { blob.text().then(done); return make(blob); };
        document.getElementById("save").click();"""
    )
    [answer] = [json.loads(line) for line in text.splitlines()]
    assert answer["verdict"] == "wrong"
    browser.run("localStorage.clear()")


def test_an_answer_lands_in_the_pack(browser, home, tmp_path, monkeypatch):
    """Served: a key, a line in the file, a pack that proves itself, and the text is not cut any more."""
    review = Review(page_of(home / "out"), tmp_path / "answers.jsonl")
    thread = threading.Thread(target=review.run)
    thread.start()
    try:
        browser.window(1440)
        browser.said()
        browser.open(review.url)
        browser.run(
            """const box = document.getElementById("rule"); box.value = "reprint-with-url";
            box.dispatchEvent(new Event("change"));"""
        )
        browser.press("n")
        browser.run(
            """const text = document.getElementById("clean").firstChild, at = text.data.indexOf("奶奶");
            getSelection().setBaseAndExtent(text, at, text, text.data.indexOf("\\n", at));"""
        )
        browser.press("m")
        until = time.monotonic() + 10
        while len(answers := list(read_answers(review.file))) < 2:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert browser.said() == []
    finally:
        review.stop()
        thread.join()
    assert [answer.verdict for answer in answers] == ["wrong", "noise"]
    monkeypatch.chdir(tmp_path)
    assert cli.main(["review", str(home / "out"), "--apply", "answers.jsonl"]) == 0
    rules = make_rules((*packs.shipped(), parse_pack(Path("mine.toml").read_text("utf-8"))))
    number = next(
        n for n, d in enumerate(read_documents(home / "out")) if answers[0].text in d.original
    )
    [before] = clean(RawPage("file:x.txt", a_page(number)))
    [after] = clean(RawPage("file:x.txt", a_page(number)), rules)
    assert "请注明出处" not in before.text
    assert "请注明出处" in after.text
    assert "奶奶" in before.text
    assert "奶奶" not in after.text


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", ["out/report.html", "review.html"])
def test_axe_finds_nothing(browser, home, axe, name, width, dark):
    """axe-core: nothing serious or critical, contrast among what it looks at."""
    browser.window(width, dark=dark)
    opened(browser, home / name)
    if name == "review.html":
        browser.press("n", "y", "j")
    browser.run(axe)
    found = browser.run_later(
        """const done = arguments[0];
        axe.run(document).then((r) => done({
          passed: r.passes.map((p) => p.id),
          wrong: r.violations.map((v) => `${v.impact} ${v.id}: ${v.nodes[0].html.slice(0, 200)}`),
        }));"""
    )
    assert "color-contrast" in found["passed"]
    assert [each for each in found["wrong"] if each.startswith(("serious", "critical"))] == []
    browser.run("try { localStorage.clear() } catch {}")
