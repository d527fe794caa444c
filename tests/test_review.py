"""Review: the page holds text and no script, answers are checked, and a pack does what was answered."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import httpx
import pytest

from cleaners import clean as clean_page
from cleaners import clean_text, packs
from cleaners.document import RawPage
from cleaners.errors import UsageError
from cleaners.parse import parse_pack
from cleaners.rules import make_rules
from flows import cli
from flows.dataset import DatasetWriter, document_id, read_documents
from flows.review.answers import Answer, answer_of, latest, read_answers
from flows.review.data import LONG, page_of
from flows.review.pack import make_pack
from flows.review.page import html
from flows.review.serve import Review

HOSTILE = (
    "</script><script>window.hit=1</script><img src=x onerror=window.hit=1>\u2028{{7*7}}@@DATA@@"
)
NOISY = """河灯
来源：网络　作者：半日闲　更新时间：2024-01-12
下面是某某文档网小编给大家带来的交流发言材料，希望大家喜欢。
入冬以后，渡口停了船，孩子们把板凳翻过来当冰车，从东岸一直滑到西岸。
太阳落山，冰开始响了，大人们走下河来，把自己家的孩子一个个拎回去。
沙沙沙，松风第12夜
本文由网友自行上传，文中观点仅代表作者本人。
如若转载，请注明出处：https://wenku.example.com/a/42.html
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A dataset of two noisy documents, one of them hostile."""
    out = tmp_path_factory.mktemp("review") / "数据"
    with DatasetWriter(out, texts=False) as dataset:
        for name, text in (
            ("a", NOISY),
            ("b", NOISY.replace("来源：网络", f"{HOSTILE}\n来源：网络")),
        ):
            dataset.add(name, clean(name, text))
    return out


def clean(name, text, rules=None):
    return clean_page(RawPage(f"file:{name}.txt", text.encode()), rules)


def first(folder) -> tuple[str, dict]:
    document = next(read_documents(folder))
    return document_id(document), {cut.rule: cut for cut in document.removals}


def an_answer(folder, verdict, rule):
    name, cuts = first(folder)
    cut = cuts[rule]
    return Answer(name, verdict, cut.text, rule, cut.start, cut.end)


# ---------------------------------------------------------------- the page


def test_nothing_of_a_page_is_markup_in_the_review(folder):
    """There are two script elements, ours; hostile text is JSON in which nothing can end them."""
    page = html(page_of(folder))
    assert re.findall(r"<script[^>]*>", page) == [
        '<script type="application/json" id="data">',
        "<script>",
    ]
    assert page.count("</script") == 2
    assert "<img" not in page
    assert "\u2028" not in page
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    texts = [piece for d in data["documents"] for piece in d["p"] if isinstance(piece, str)]
    assert any("<img src=x onerror=window.hit=1>‹U+2028›{{7*7}}@@DATA@@" in text for text in texts)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "connect-src" not in policy


def test_pieces_put_together_are_the_page(folder):
    """Kept text and cuts of the review page, in order, are the document's original."""
    for shown, document in zip(page_of(folder).documents, read_documents(folder), strict=True):
        whole = "".join(p if isinstance(p, str) else p[1] for p in shown["p"])
        assert whole == document.original.replace("\u2028", "‹U+2028›")
        assert [p[2] for p in shown["p"] if isinstance(p, list)] == [
            cut.start for cut in document.removals
        ]


def test_a_long_document_is_shown_around_its_cuts(tmp_path):
    """Of a book not all that stayed is on the page; every cut is, and what was left out is counted."""
    body = "太阳落山，冰开始响了，大人们走下河来，把孩子一个个拎回去。\n" * (2 * LONG // 30)
    with DatasetWriter(tmp_path / "out", texts=False) as dataset:
        dataset.add("a", clean("a", NOISY + body + "本文由网友自行上传，文中观点仅代表作者本人。"))
    [document] = read_documents(tmp_path / "out")
    [shown] = page_of(tmp_path / "out").documents
    left_out = sum(piece for piece in shown["p"] if isinstance(piece, int))
    assert left_out > 0
    assert len([p for p in shown["p"] if isinstance(p, list)]) == len(document.removals)
    size = sum(len(p) if isinstance(p, str) else len(p[1]) for p in shown["p"] if p != left_out)
    assert size < LONG


# ---------------------------------------------------------------- answers


@pytest.mark.parametrize(
    "said",
    [
        "[]",
        "{}",
        '{"document": "a", "verdict": "maybe", "text": "x", "rule": "r"}',
        '{"document": "a", "verdict": "wrong", "text": "x"}',
        '{"document": "a", "verdict": "noise", "text": " "}',
        '{"document": "a", "verdict": "noise", "text": "x", "rule": "r"}',
        '{"document": "a", "verdict": "wrong", "text": "x", "rule": "r", "start": -1, "end": 2}',
        '{"document": "a", "verdict": "wrong", "text": "x", "rule": "r", "start": true, "end": 2}',
        '{"document": "a", "verdict": "wrong", "text": "x", "rule": "r", "start": 3, "end": 2}',
        '{"document": "a", "verdict": "noise", "text": "' + "x" * 5000 + '"}',
        '{"document": ',
        "\xff",
    ],
)
def test_a_line_that_is_no_answer_is_told_with_its_number(said, tmp_path):
    """Wrong values, wrong types and broken lines name the file and the line."""
    file = tmp_path / "answers.jsonl"
    good = b'{"document": "a", "verdict": "noise", "text": "x"}\n'
    file.write_bytes(good + said.encode("latin-1"))
    with pytest.raises(UsageError, match="line 2"):
        list(read_answers(file))


def test_the_last_answer_counts():
    """A later answer about the same cut takes the place of an earlier one; `none` takes it back."""
    yes, no = (Answer("d", verdict, "t", "r", 1, 2) for verdict in ("right", "wrong"))
    other = Answer("d", "noise", "x")
    assert latest([yes, other, no]) == [no, other]
    assert latest([yes, Answer("d", "none", "t", "r", 1, 2), other]) == [other]
    assert answer_of(no.state()) == no


# ---------------------------------------------------------------- the pack


def test_every_wrong_cut_can_be_kept(folder):
    """Answer each cut of a document "wrong": with the pack, none of them is cut any more."""
    _, cuts = first(folder)
    made = make_pack(folder, [an_answer(folder, "wrong", rule) for rule in cuts], "mine")
    assert (made.wrong, made.left) == (len(cuts), [])
    rules = make_rules((*packs.shipped(), parse_pack(made.toml)))
    [again] = clean("a", NOISY, rules)
    assert again.removals == ()
    other = NOISY.replace("2024-01-12", "2019-11-30").replace("a/42", "a/7")
    [alike] = clean("a", other, rules)
    assert alike.removals == (), "numbers are any numbers"


def test_one_wrong_cut_spares_nothing_else(folder):
    """A pack of one answer keeps that line, and cuts what else was cut."""
    _, cuts = first(folder)
    made = make_pack(folder, [an_answer(folder, "wrong", "reprint-with-url")], "mine")
    [again] = clean("a", NOISY, make_rules((*packs.shipped(), parse_pack(made.toml))))
    assert {cut.rule for cut in again.removals} == cuts.keys() - {"reprint-with-url"}


def test_a_right_cut_holds_its_rule(folder):
    """A right answer becomes an example that the rule must hit, or is left out with the reason."""
    _, cuts = first(folder)
    made = make_pack(folder, [an_answer(folder, "right", rule) for rule in cuts], "mine")
    assert ("reprint-with-url", cuts["reprint-with-url"].text) in made.proofs
    assert {answer.rule for answer, why in made.left if "no pattern" in why} >= {"own-title"}
    assert len(made.proofs) + len(made.left) == len(cuts)


def test_missed_noise_is_cut_from_then_on(folder):
    """What was marked is cut, with any number in it; a word of the text is not taken for it."""
    name, _ = first(folder)
    made = make_pack(folder, [Answer(name, "noise", "沙沙沙，松风第12夜")], "mine")
    assert (made.noise, made.left) == (1, [])
    rules = make_rules((*packs.shipped(), parse_pack(made.toml)))
    [again] = clean_text(NOISY.replace("第12夜", "第365夜"), rules)
    assert "松风" not in again.text
    assert "太阳落山" in again.text
    short = make_pack(folder, [Answer(name, "noise", "冰车")], "mine")
    assert [why for _, why in short.left] == [
        "so few characters would be cut in other texts as well"
    ]


def test_answers_that_fit_nothing_are_left_out_with_a_reason(folder):
    """Another dataset's document, a cut that is not there, words that are not in the text."""
    name, cuts = first(folder)
    cut = cuts["own-title"]
    made = make_pack(
        folder,
        [
            Answer("0" * 32, "wrong", "x", "own-title", 0, 2),
            Answer(name, "wrong", cut.text, "own-title", cut.start + 1, cut.end + 1),
            Answer(name, "noise", "没有这句话"),
            Answer(name, "noise", "半个\ud800字符啊"),
        ],
        "mine",
    )
    assert len(made.left) == 4
    assert not made.rows


def test_apply_writes_a_pack_that_loads(folder, tmp_path, capsys, monkeypatch):
    """From a file of answers to a pack that `check` proves; a pack of one's own is not replaced."""
    monkeypatch.chdir(tmp_path)
    wrong = an_answer(folder, "wrong", "reprint-with-url")
    Path("answers.jsonl").write_text(json.dumps(wrong.state()) + "\n", encoding="utf-8")
    run = ["review", str(folder), "--apply", "answers.jsonl", "--out", "mine.toml"]
    assert cli.main(run) == 0
    assert cli.main(["check", "mine.toml"]) == 0
    assert "ok: mine, 1 rule" in capsys.readouterr().out
    assert cli.main(run) == 0, "its own pack it makes anew"
    Path("mine.toml").write_text('pack = "mine"\n', encoding="utf-8")
    assert cli.main(run) == 2
    assert "was not made by zhengben review" in capsys.readouterr().err
    assert cli.main([*run, "--force"]) == 0


def test_the_pack_in_the_guide_loads():
    """What docs/review.md shows of a pack proves itself beside the shipped ones."""
    guide = (Path(__file__).parents[1] / "docs" / "review.md").read_text("utf-8")
    [toml] = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    pack = parse_pack('pack = "mine"\n' + toml)
    assert make_rules((*packs.shipped(), pack)).by_id["keep-reprint-with-url"].severity == "keep"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--serve", "--out", "x.html"],
        ["--port", "80"],
        ["--limit", "0"],
        ["--rule", "no-such-rule"],
        ["--apply", "nowhere.jsonl"],
    ],
)
def test_wrong_use_of_review_is_told(folder, arguments, capsys, tmp_path, monkeypatch):
    """Options that do not go together and files that are not there: what, and what to do."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(["review", str(folder), *arguments]) == 2
    assert "do: " in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- served


@pytest.fixture
def served(folder, tmp_path):
    review = Review(page_of(folder), tmp_path / "answers.jsonl")
    thread = threading.Thread(target=review.run)
    thread.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{review.port}", trust_env=False) as client:
        yield review, client
    review.stop()
    thread.join()


def test_an_answer_is_saved_and_shown_again(served, folder):
    """What the page sends is in the file at once, and on the page when it is opened again."""
    review, client = served
    answer = an_answer(folder, "wrong", "own-title")
    headers = {"X-Zhengben-Token": review.token, "Origin": str(client.base_url).rstrip("/")}
    assert client.post("/answers", json=answer.state(), headers=headers).status_code == 200
    assert list(read_answers(review.file)) == [answer]
    page = client.get("/", params={"token": review.token})
    assert '"answers":[{"document"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    bad = client.post("/answers", json={"verdict": "x"}, headers=headers)
    assert bad.status_code == 400
    large = client.post("/answers", content=b"x" * 70_000, headers=headers)
    assert large.status_code == 400
    assert list(read_answers(review.file)) == [answer]


def test_only_the_page_itself_may_ask(served, folder):
    """Without the token, under another name, or from another site there is no page and no answer."""
    review, client = served
    own = str(client.base_url).rstrip("/")
    good = {"X-Zhengben-Token": review.token, "Origin": own}
    body = an_answer(folder, "wrong", "own-title").state()
    token = {"token": review.token}
    assert client.get("/", params=token, headers={"Host": "evil.example"}).status_code == 403
    assert client.get("/", params={"token": "x"}).status_code == 403
    assert client.get("/").status_code == 403
    assert client.get("/etc/passwd", params=token).status_code == 404
    for wrong in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"X-Zhengben-Token": "x"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ):
        assert client.post("/answers", json=body, headers=good | wrong).status_code == 403
    assert client.post("/answers", json=body, headers={"Origin": own}).status_code == 403
    assert list(read_answers(review.file)) == []
