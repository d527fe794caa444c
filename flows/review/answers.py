"""What people said about cuts: one JSON object a line, the last one about a cut counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from cleaners.errors import UsageError

Verdict = Literal["right", "wrong", "noise", "none"]
LONGEST = 4_000  # characters of an answer's text
LARGEST = 64 << 10  # bytes of a line


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One answer. A cut is named by `rule`, `start` and `end` (in the page, as in `removals`);
    noise that was missed by its text as the page shows it. `none` takes an answer back.
    """

    document: str  # the column `id`
    verdict: Verdict
    text: str
    rule: str = ""
    start: int = 0
    end: int = 0

    @property
    def about(self) -> tuple[str, str, int, str]:
        """What it is about: a later answer about the same takes its place."""
        return self.document, self.rule, self.start, "" if self.rule else self.text

    def state(self) -> dict[str, Any]:
        """As the page and the file have it."""
        said: dict[str, Any] = {"document": self.document}
        if self.rule:
            said |= {"rule": self.rule, "start": self.start, "end": self.end}
        return said | {"verdict": self.verdict, "text": self.text}


def answer_of(said: object) -> Answer:
    """An answer from JSON. ValueError: it is none, and why."""
    if not isinstance(said, dict):
        raise ValueError("an answer is an object")  # noqa: TRY004  of its value, to whoever sent it
    known = cast("Mapping[str, object]", said)
    document, verdict, text, rule = (
        known.get(name, "") for name in ("document", "verdict", "text", "rule")
    )
    start, end = known.get("start", 0), known.get("end", 0)
    if not (isinstance(document, str) and isinstance(text, str) and isinstance(rule, str)):
        raise ValueError("document, text and rule are texts")  # noqa: TRY004  likewise
    if verdict not in get_args(Verdict):
        raise ValueError(f"verdict is one of {', '.join(get_args(Verdict))}")
    if type(start) is not int or type(end) is not int or not 0 <= start <= end:
        raise ValueError("start and end are whole numbers")
    if not document or len(document) + len(text) + len(rule) > LONGEST:
        raise ValueError("needs a document, and a text that is not too long")
    if bool(rule) == (verdict == "noise") or not (rule or text.strip()):
        raise ValueError("a cut has a rule; noise has none, but a text")
    return Answer(document, cast("Verdict", verdict), text, rule, start, end)


def read_answers(file: Path) -> Iterator[Answer]:
    """The answers in a file, one a line. UsageError: it cannot be read, or a line is none."""
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _read(file, number, line)
    except OSError as error:
        raise UsageError(
            str(file),
            "these answers cannot be read",
            saw=error.strerror or "",
            do="check the path; the review page downloads answers.jsonl",
        ) from error


def _read(file: Path, number: int, line: bytes) -> Answer:
    try:
        return answer_of(json.loads(line[:LARGEST]))  # what is cut off there is no JSON
    except ValueError as error:  # JSONDecodeError and UnicodeDecodeError are as well
        raise UsageError(
            f"{file}, line {number}",
            "is no answer of the review page",
            saw=str(error),
            do="take the line out, or download the answers again",
        ) from error


def latest(answers: Iterable[Answer]) -> list[Answer]:
    """The answers that count, in the order in which they were first given."""
    found: dict[tuple[str, str, int, str], Answer] = {}
    for answer in answers:
        found[answer.about] = answer
    return [answer for answer in found.values() if answer.verdict != "none"]
