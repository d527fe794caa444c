"""Documents and their cuts as plain text, for people: the command line, goldens, bug reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import unquote

from cleaners.document import Document, Edit, Harvested, Rejected, Removal

COLOURS: Mapping[str, str] = {"cut": "31", "mend": "33", "fact": "36", "head": "1"}

Paint = Callable[[str, str], str]


def show(results: Sequence[Document | Rejected], *, colour: bool = False) -> str:
    """
    Each document: what is known about it, then its text with every cut where it stood.

    `# name = value` is a harvested fact, `- rule | …` a cut, `~ rule | before → after` a
    repair; where a cut stood inside a line, ⏎ says that the line goes on below. The text
    is shown before normalisation, as the page prints it.
    """
    paint = _painted if colour else _plain
    return "\n".join("\n".join(_lines(result, paint)) + "\n" for result in results)


def _plain(text: str, _: str) -> str:
    return text


def _painted(text: str, style: str) -> str:
    return f"\x1b[{COLOURS[style]}m{text}\x1b[0m"


def _lines(result: Document | Rejected, paint: Paint) -> Iterator[str]:
    if isinstance(result, Rejected):
        yield paint(f"! rejected | {result.rule}: {result.why}", "cut")
        return
    yield from (paint(f"# {fact}", "fact") for fact in facts(result))
    yield from _body(result, paint)


def facts(document: Document) -> Iterator[str]:
    """What is known about a document, a line each: `title = 春日`."""
    if document.segment.count > 1:
        yield f"part {document.segment.index + 1} of {document.segment.count}"
    if document.title:
        yield f"title = {document.title}"
    for name, fact in sorted(document.metadata.items()):
        if name == "title" and fact.value == document.title:
            continue
        yield f"{name} = {_value(fact)}    ({fact.witness}, trust {fact.trust})"
    if document.truncation:
        told = ", ".join(e.rule for e in document.truncation.evidence)
        yield f"truncation = {document.truncation.kind}    ({told})"
    for flag in document.flags:
        yield f"flag = {flag.rule}: {visible(flag.text)}"


def _value(fact: Harvested) -> str:
    return (
        f"nothing, it says {visible(fact.said)}" if fact.value is None else visible(str(fact.value))
    )


def _body(document: Document, paint: Paint) -> Iterator[str]:
    """The part of the page line by line, its cuts and repairs each under its rule's name."""
    base = document.segment.start
    changes = sorted((*document.removals, *document.repairs), key=lambda change: change.start)
    open_line = ""
    at = 0
    for change in changes:
        *whole, open_line = (open_line + document.original[at : change.start - base]).split("\n")
        yield from _printed(whole)
        if open_line.strip():
            yield open_line.rstrip("\r") + "⏎"
        open_line = ""
        yield paint(_change(change), "mend" if isinstance(change, Edit) else "cut")
        at = change.end - base
    yield from _printed((open_line + document.original[at:]).split("\n"))


def _printed(lines: Sequence[str]) -> Iterator[str]:
    yield from (line.rstrip("\r") for line in lines if line.strip())


def _change(change: Removal | Edit) -> str:
    if isinstance(change, Edit):
        return f"~ {change.rule} | {visible(change.before)} → {visible(change.after)}"
    return "\n".join(
        f"- {change.rule} | {visible(line)}" for line in change.text.split("\n") if line.strip()
    )


def visible(text: str) -> str:
    """
    One line in which nothing hides: line breaks, tabs and control characters as ⏎, ⇥ and \\x1b.

    >>> visible("正\\x1b[31m文")
    '正\\\\x1b[31m文'
    """
    text = text.replace("\r\n", "⏎").replace("\n", "⏎").replace("\t", "⇥")
    return "".join(c if c.isprintable() or c == "\u3000" else ascii(c)[1:-1] for c in text)


def place(source: str) -> str:
    """
    A source as people read it: names in their own characters, where they are any.

    >>> place("file:%E7%BD%91%E9%A1%B5/a%20b.html"), place("file:%FF.txt")
    ('file:网页/a b.html', 'file:%FF.txt')
    """
    try:
        return unquote(source, errors="strict")
    except UnicodeDecodeError:  # a name in another encoding: its bytes say more than signs of loss
        return source
