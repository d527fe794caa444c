"""
The table of contents of cleaning: mark everything first, cut once.

No rule sees what another rule did, so the order of rules decides only which rule is
named where marks overlap, never what is left of the text. Every stage is a function
of the module that carries its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from cleaners import formats, html, markdown, packs
from cleaners.asides import asides
from cleaners.bylines import byline_rows
from cleaners.compare import VERSION as COMPARE_VERSION
from cleaners.compare import (
    addresses,
    alike,
    bare_title,
    between,
    collection_title,
    site_names,
    title_rank,
    titles,
    without,
)
from cleaners.crumbs import crumbs
from cleaners.cut import fences, joined, kept_text, outside, pieces, removals, spared, whole_lines
from cleaners.document import (
    Document,
    Edit,
    Extracted,
    Flag,
    Harvested,
    Line,
    Link,
    Provenance,
    RawPage,
    Rejected,
    Removal,
    Segment,
)
from cleaners.encoding import Decoded, decode
from cleaners.fragments import fragments
from cleaners.harvest import harvest
from cleaners.insertions import inserted
from cleaners.joined import join
from cleaners.ledes import echoes, ledes
from cleaners.leftovers import leftovers
from cleaners.likeness import unlike_text
from cleaners.mark import mark, scene
from cleaners.measure import measure
from cleaners.menus import title_below_a_menu
from cleaners.normalise import PLAIN, Form, form_of, normalise, step_names
from cleaners.page import Mark, Page, Part, split_lines
from cleaners.printed import printed, written
from cleaners.rare import rare_behind_stops
from cleaners.repair import repair
from cleaners.repair.lost import unreadable
from cleaners.repetition import repeated
from cleaners.rules import Rules
from cleaners.run_in import run_into_text
from cleaners.sentences import apart, stretches
from cleaners.sites import Site
from cleaners.split import by_chapter, declared, split
from cleaners.structure import text_blocks, text_links
from cleaners.truncation import judge
from cleaners.wraps import unwrap
from cleaners.zones import scan


def _code_version() -> str:
    try:
        return version("zhengben")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0+unknown"


CODE_VERSION = _code_version()


def clean(
    page: RawPage,
    rules: Rules | None = None,
    *,
    form: Form = PLAIN,
    links: bool = False,
    chapters: bool = False,
) -> list[Document | Rejected]:
    """
    One raw page → its documents, or the reason why there is none.

    A page is a web page, a text or a file (Word, PDF, EPUB, RTF, saved pages), told by its
    content. `rules` are the shipped packs unless given; packs for other hosts than the
    page's do not apply. `links` asks for the links in the text and where they lead. A book
    is one document, or with `chapters` one a chapter. Bad pages never raise: they come back
    as `Rejected`. FormError: the form has a script, and OpenCC is not installed.
    """
    rules = (rules or default_rules()).for_host(urlsplit(page.source).hostname or "")
    known = formats.sniff(page.body, page.source, page.content_type)
    if known not in ("text", "html"):
        try:
            extracted = formats.read(page.body, known)
        except formats.FormatProblem as problem:
            return [_rejected(page, rules, known, problem)]
        decoded = Decoded("", extracted.encoding, "format", extracted.unreadable)
    else:
        decoded, extracted = _read(page, rules, links=links)
    provenance = _provenance(page, decoded, extracted, rules)
    return clean_extracted(extracted, rules, provenance, form, chapters=chapters)


def clean_parts(
    pages: Sequence[RawPage], rules: Rules | None = None, *, form: Form = PLAIN
) -> list[Document | Rejected]:
    """
    The parts of one article, in their order → one document, as `clean` makes it of one page.

    Its source is the first part's, its `raw_sha256` that of all bytes one after the other, and
    its metadata say in `parts` how many there are, and where.
    """
    first = pages[0]
    rules = (rules or default_rules()).for_host(urlsplit(first.source).hostname or "")
    decoded, parts = zip(*(_read(page, rules) for page in pages), strict=True)
    extracted = join(parts)
    said = Harvested(len(pages), " ".join(page.source for page in pages), "next-part", "high")
    extracted = replace(extracted, metadata={**extracted.metadata, "parts": said})
    body = b"".join(page.body for page in pages)
    whole = RawPage(first.source, body, first.content_type, first.retrieved_at)
    taken = replace(decoded[0], unreadable=sum(text.unreadable for text in decoded))
    provenance = _provenance(whole, taken, extracted, rules)
    return clean_extracted(extracted, rules, provenance, form)


def _read(page: RawPage, rules: Rules, *, links: bool = False) -> tuple[Decoded, Extracted]:
    """A web page or a text, decoded and extracted."""
    decoded = decode(page.body, page.content_type, markup=_is_markup(page))
    extracted = extract(
        decoded.text,
        page.content_type,
        url=page.source,
        links=links,
        sites=rules.sites,
        retrieved_at=page.retrieved_at,
    )
    return decoded, extracted


def clean_text(text: str, rules: Rules | None = None, *, form: Form = PLAIN) -> list[Document]:
    """
    The documents in a text that is decoded already; none when nothing is left of it.

    >>> [document] = clean_text("春日⏎今天天气很好。".replace("⏎", chr(10)))
    >>> document.title, document.text
    ('春日', '今天天气很好。')
    """
    rules = (rules or default_rules()).for_host("")
    page = RawPage("text:", text.encode("utf-8", "surrogatepass"))
    extracted = Extracted(text, split_lines(text))
    provenance = _provenance(page, Decoded(text, "utf-8", "utf-8 fits", 0), extracted, rules)
    results = clean_extracted(extracted, rules, provenance, form)
    return [result for result in results if isinstance(result, Document)]


def default_rules() -> Rules:
    """The rules that are shipped with the package."""
    return packs.default()


def extract(
    text: str,
    content_type: str = "",
    *,
    url: str = "",
    links: bool = False,
    sites: Sequence[Site] = (),
    retrieved_at: datetime | None = None,
) -> Extracted:
    """
    The visible text of a decoded page: HTML by its main block, everything else as it stands.

    `sites` are the rows that say where the pages of the page's own host have their text.
    """
    kind = content_type.lower()
    if kind.startswith("text/markdown"):
        return Extracted(text, markdown.lines_of(text), format="markdown")
    if "html" in kind or html.looks_like_html(text):
        return html.extract(text, url=url, links=links, sites=sites, retrieved_at=retrieved_at)
    return Extracted(text, split_lines(text))


def clean_extracted(
    extracted: Extracted,
    rules: Rules,
    provenance: Provenance,
    form: Form = PLAIN,
    *,
    chapters: bool = False,
) -> list[Document | Rejected]:
    """From the visible text to documents: repair, split, scan and mark, then each part by itself."""
    if extracted.refusal:
        return [Rejected(*extracted.refusal, provenance)]
    lines = written(extracted.lines)
    if not lines:
        return [Rejected("no-text", "the page has no visible text", provenance)]
    page = Page(extracted.original, lines, repair(extracted.original))
    chapters = chapters and bool(extracted.chapters)
    cut_up = by_chapter(page, extracted.chapters) if chapters else split(page)
    divided, in_pieces = apart(page, cut_up)
    scanned = scan(page, cut_up, rules, stretches(page, divided))
    parts, noisy = scanned.parts, scanned.noisy
    marks = mark(scene(page, scanned))
    if scanned.within:
        marks += mark(scene(divided, replace(scanned, hits=scanned.within)))
    kept = [found for found in marks if found.rule.severity == "keep"]
    marks = spared(marks)
    for found in marks:
        if found.rule.reach == "page":
            return [Rejected(found.rule.id, found.rule.why, provenance)]
    parent, above = collection_title(page, parts, noisy)
    book = extracted.title if extracted.chapters else None
    parent = book if chapters else parent
    of_collection = {
        name: Harvested(said, str(said), "collection-title", "high")
        for name, said in (("parent_title", parent), ("item_count", _item_count(page, parts)))
        if said is not None
    }
    # Programs write properties into files; what is printed in the text is believed before.
    weak = {
        name: fact
        for name, fact in extracted.metadata.items()
        if extracted.format not in ("html", "mht") and fact.trust in ("low", "none")
    }
    taken = replace(provenance, steps=step_names(form))
    context = _Context(
        page,
        divided,
        parts,
        in_pieces,
        [*marks, *above],
        noisy,
        of_collection,
        {name: fact for name, fact in extracted.metadata.items() if name not in weak},
        taken,
        form,
        extracted.links,
        tuple(printed(extracted.lines)),
        None if chapters else book,
        weak,
        kept,
        extracted.confidence,
    )
    return [_document(context, i) for i in range(len(parts))]


@dataclass(frozen=True, slots=True)
class _Context:
    """What all documents of one page share."""

    page: Page
    divided: Page  # with the sentences of a site as lines of their own
    parts: Sequence[Part]
    pieces: Sequence[Part]  # the same on the divided page
    marks: Sequence[Mark]
    noisy: frozenset[int]
    of_collection: Mapping[str, Harvested]
    metadata: Mapping[str, Harvested]
    provenance: Provenance
    form: Form = PLAIN
    links: Sequence[Link] = ()
    printed: Sequence[Mark] = ()
    book: str | None = None  # the title of a book: its first heading is that of a chapter
    weak: Mapping[str, Harvested] = field(default_factory=dict)  # what the text knows better
    kept: Sequence[Mark] = ()  # what no rule may cut
    confidence: float = 1.0  # in the extraction


def _document(shared: _Context, index: int) -> Document | Rejected:
    """One part of a page: compare, title, harvest, cut, normalise, judge, measure."""
    page, part = shared.page, shared.parts[index]
    marks = [m for m in shared.marks if m.start < part.end and m.end > part.start]
    marks += ledes(page, part, marks, shared.noisy)
    marks += site_names(page, part, marks)
    marks += between(page, part, marks)
    taken = whole_lines(page, marks)
    if rows := list(byline_rows(page, part, marks, taken)):
        marks += rows
        taken = whole_lines(page, marks)
    known = len(marks)
    marks += repeated(page, part, taken)
    marks += inserted(page, part, taken)
    marks += run_into_text(page, part, taken)
    marks += leftovers(page, part, taken)
    marks += rare_behind_stops(page, part)
    marks += unreadable(page, part)
    marks += asides(page, part)
    marks += echoes(page, part, marks)
    marks += fragments(page, part, marks)
    marks += unlike_text(shared.divided, shared.pieces[index], marks)
    taken = whole_lines(page, marks) if len(marks) > known else taken
    if bare := list(addresses(page, part, taken)):
        marks += bare
        taken = whole_lines(page, marks)
    if between_noise := list(crumbs(page, part, taken)):
        marks += between_noise
        taken = whole_lines(page, marks)
    at, of_menu = title_below_a_menu(page, part, taken, marks)
    if of_menu:
        marks += of_menu
        taken = whole_lines(page, marks)
    lines, of_title = titles(page, part, taken, marks, at)
    if shared.book is not None:
        lines = [n for n in lines if alike(page.original[n.start : n.end], shared.book)]
        of_title = [m for m in of_title if any(m.start == line.start for line in lines)]
    marks += of_title
    marks += (m for m in shared.printed if part.has(m.start))
    if shared.kept:
        marks = list(spared([*marks, *shared.kept]))

    cuts = removals(page, part, (m for m in marks if m.rule.severity == "cut"))
    found = (*page.repairs, *fences(page, part, cuts), *unwrap(page, part, cuts))
    edits = outside(sorted(found, key=_place), part, cuts)
    kept = pieces(page.original, part.start, part.end, cuts, edits)
    text = normalise(joined(kept), shared.form)
    said = harvest(page, part, marks, shared.metadata)
    metadata = {**shared.weak, **said, **shared.of_collection}
    if not text or (shared.form.off and not normalise(text)):
        return Rejected("nothing-left", "all of the page is noise", shared.provenance)
    return Document(
        text=text,
        title=_title(page, lines, marks, shared.form) or _known_title(metadata, shared.parts),
        metadata=metadata,
        truncation=judge(part, marks, text, _last_line(page, part, cuts), metadata),
        segment=Segment(
            index,
            len(shared.parts),
            part.start,
            part.end,
            shared.of_collection["parent_title"].said if "parent_title" in metadata else None,
        ),
        original=page.original[part.start : part.end],
        removals=cuts,
        repairs=edits,
        flags=tuple(
            Flag(m.rule.id, m.rule.kind, m.start, m.end, page.original[m.start : m.end])
            for m in marks
            if m.rule.severity == "flag"
        ),
        signals=measure(text, part.end - part.start, cuts, shared.confidence),
        provenance=shared.provenance,
        blocks=text_blocks(page, part, kept, text, shared.form),
        links=text_links(shared.links, kept, text, shared.form),
    )


def _item_count(page: Page, parts: Sequence[Part]) -> int | None:
    """How many items a collection says it has; None for a page that is one document."""
    count = declared(page) if len(parts) > 1 else None
    return count[1] if count else None


def _title(page: Page, lines: Sequence[Line], marks: Sequence[Mark], form: Form) -> str | None:
    """The title as it is printed on one of its lines, without the noise that stands in it."""
    printed = [normalise(bare_title(without(page, line, marks)), form) for line in lines]
    said = list(filter(None, printed))
    return min(said, key=title_rank) if len(said) > 1 else next(iter(said), None)


def _place(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end


def rebuild(document: Document) -> str:
    """
    The clean text, made again from the document's original, repairs and removals.

    Equal to `document.text`, or the document was not made by this version of the code.
    FormError: its steps were taken by other versions, or OpenCC is needed and not installed.
    """
    base = document.segment.start
    cuts = [replace(c, start=c.start - base, end=c.end - base) for c in document.removals]
    edits = [replace(e, start=e.start - base, end=e.end - base) for e in document.repairs]
    form = form_of(document.provenance.steps)
    return normalise(kept_text(document.original, 0, len(document.original), cuts, edits), form)


def _last_line(page: Page, part: Part, cuts: Sequence[Removal]) -> Line | None:
    """The last line of a part that no single cut takes whole."""
    at = len(cuts) - 1
    for number in reversed(page.lines_between(part.start, part.end)):
        line = page.lines[number]
        while at >= 0 and cuts[at].start > line.start:
            at -= 1
        if at < 0 or cuts[at].end < line.end:
            return line
    return None


def _known_title(metadata: Mapping[str, Harvested], parts: Sequence[Part]) -> str | None:
    """The title that came with the page, for a page that is one document."""
    known = metadata.get("title")
    return str(known.value) if known and known.value and len(parts) == 1 else None


def _is_markup(page: RawPage) -> bool:
    return "html" in page.content_type or b"<" in page.body[:1024]


def _provenance(page: RawPage, decoded: Decoded, extracted: Extracted, rules: Rules) -> Provenance:
    return Provenance(
        source=page.source,
        raw_sha256=page.sha256,
        retrieved_at=page.retrieved_at,
        encoding=decoded.encoding,
        encoding_witness=decoded.witness,
        extractor=extracted.extractor
        or (html.EXTRACTOR if extracted.format == "html" else f"{extracted.format}@1"),
        packs=(*rules.names, f"compare@{COMPARE_VERSION}"),
        steps=(),
        code_version=CODE_VERSION,
        unreadable=decoded.unreadable,
    )


def _rejected(page: RawPage, rules: Rules, known: str, problem: formats.FormatProblem) -> Rejected:
    nothing = Extracted("", (), format=known)
    provenance = _provenance(page, Decoded("", "", "nothing fits", 0), nothing, rules)
    return Rejected(problem.rule, problem.why, provenance)
