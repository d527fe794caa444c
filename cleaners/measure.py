"""
Signals about a clean text, as numbers. They never decide anything by themselves.

What each means, with its formula and where it comes from, is said in flows/columns.py
and so in docs/dataset.md; here is how they are counted. Shares are from 0 to 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cleaners.document import Removal
from cleaners.variants import SIMPLIFIED, TRADITIONAL

HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
KANA = re.compile("[\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff]+")
HANGUL = re.compile("[\uac00-\ud7a3]+")
KANA_OR_HANGUL = re.compile("[\u3041-\u30ff\uac00-\ud7a3]")
LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
MARKS = "，。、；：？！“”‘’（）《》【】…—,.;:?!()\"'-"
LINE_END = re.compile(r"[。！？…!?.][”’」』）)\]】》〉\"']*$", re.MULTILINE)
# It begins with a class, for which `re` searches quickly, and looks back over it.
SENTENCE_END = re.compile(
    r"[。！？!?….\n](?:(?<=[。！？!?…])[。！？!?…]*[”’」』）)\"']*|(?<=\.)[”’)\"']*(?=\s|$)|(?<=\n))"
)

NGRAM = 10  # characters; see docs/choices.md
AS_NUMBER = 8  # characters that are compared as one number; an n-gram has three such
PASSED_OVER = 4  # one place in so many needs no look to find n-grams that come again
NGRAM_SAMPLE = 100_000  # characters: a book's n-grams would take a hundred times its memory

MIXED = (0.1, 0.9)  # hant_share of texts that are of neither script
LATIN_PER_HAN = 3  # letters that say about as much as a Han character
KANA_OF_JAPANESE = 0.15  # of Han characters and kana; Chinese uses a の here and there
HANGUL_OF_KOREAN = 0.3  # of Han characters and Hangul; less is a disguise of Chinese
_COMMON = "the of and to in is that for it with as was on are by this be"
ENGLISH = frozenset(_COMMON.split())
ENGLISH_SHARE = 0.15  # of the words; English prose has 0.25 to 0.35, other languages 0.05


def measure(
    text: str, original_chars: int, removals: Sequence[Removal], confidence: float = 1.0
) -> Mapping[str, float | str]:
    """
    The signals of one document; what cannot be said of it is left out.

    original_chars  length of what the removals were cut from
    confidence      of the extraction, 0 to 1

    >>> found = measure("江边的灯亮了。", 10, [])
    >>> found["language"], found["script"], found["han_share"], found["removed_share"]
    ('zh', 'Hans', 0.8571, 0.0)
    """
    chars = len(text)
    lines = text.count("\n") + 1 if text else 0
    breaks = max(0, lines - 1)
    sentences = sum(map(bool, SENTENCE_END.split(text)))
    han = _count(HAN, text)
    found: dict[str, float | str] = {
        "chars": chars,
        "lines": lines,
        "han_share": _share(han, chars),
        "sentence_end_share": _share(len(LINE_END.findall(text)), lines),
        "mean_sentence_chars": _share(chars - breaks, sentences),
        "punctuation_share": _share(sum(map(text.count, MARKS)), chars),
        "duplicate_line_share": _share(_in_duplicate_lines(text), chars - breaks),
        "duplicate_ngram_share": _duplicate_ngram_share(text),
        "unreadable_share": _share(text.count("\ufffd"), chars),
        "removed_share": _share(sum(cut.end - cut.start for cut in removals), original_chars),
        "extraction_confidence": round(confidence, 4),
    }
    hant_share = _hant_share(text) if han else None
    if hant_share is not None:
        found["hant_share"] = hant_share
    if language := _language(text, han):
        found["language"] = language
        if language == "zh" and hant_share is not None:
            found["script"] = _script(hant_share)
    return found


def _language(text: str, han: int) -> str | None:
    """
    zh, ja, ko or en; None for what is none of these.

    >>> [_language(t, _count(HAN, t)) for t in ("人人生而自由。", "鲜の每日坊，本店新开张", "すべての人間")]
    ['zh', 'zh', 'ja']
    >>> _language("All human beings are born free and equal in dignity and rights.", 0)
    'en'
    >>> _language("Alle Menschen sind frei und gleich an Würde und Rechten geboren.", 0)
    """
    kana = hangul = 0
    if KANA_OR_HANGUL.search(text):  # one look at most texts, which have neither
        kana, hangul = _count(KANA, text), _count(HANGUL, text)
    east_asian = han + kana + hangul
    words = LATIN.findall(text)
    if sum(map(len, words)) > east_asian * LATIN_PER_HAN:
        common = sum(word.lower() in ENGLISH for word in words)
        return "en" if common >= len(words) * ENGLISH_SHARE else None
    if not east_asian:
        return None
    if kana >= KANA_OF_JAPANESE * (han + kana) and kana > hangul:
        return "ja"
    return "ko" if hangul >= HANGUL_OF_KOREAN * (han + hangul) and hangul else "zh"


def _of_one_script(characters: str, others: str, encoding: str) -> re.Pattern[str]:
    """Those characters that the other script does not use as well: 干 is Traditional, too."""
    only = {c for c in characters if not c.encode(encoding, "ignore")} - set(others)
    return re.compile(f"[{''.join(sorted(only))}]+")


HANS = _of_one_script(SIMPLIFIED, TRADITIONAL, "big5")
HANT = _of_one_script(TRADITIONAL, SIMPLIFIED, "gb2312")


def _hant_share(text: str) -> float | None:
    # Most texts have nothing Traditional; then nobody has to count the Simplified.
    hant = _count(HANT, text)
    if not hant:
        return 0.0 if HANS.search(text) else None
    return _share(hant, hant + _count(HANS, text))


def _script(hant_share: float) -> str:
    least, most = MIXED
    return "Hans" if hant_share <= least else "Hant" if hant_share >= most else "mixed"


def _in_duplicate_lines(text: str) -> int:
    """Characters of lines that stood in the text before."""
    lines = text.split("\n")
    if len(set(lines)) == len(lines):
        return 0
    seen: set[str] = set()
    return sum(len(line) for line in lines if line in seen or seen.add(line))


def _duplicate_ngram_share(text: str) -> float:
    """As Gopher counts: from the left, and characters of two such runs only once."""
    flat = text[:NGRAM_SAMPLE].replace("\n", "")
    seen: set[str] = set()
    at = repeated = 0
    for place in _said_twice(flat):
        gram = flat[place : place + NGRAM]
        if place < at or len(gram) < NGRAM:
            continue
        if gram in seen:
            repeated += NGRAM
            at = place + NGRAM
        else:
            seen.add(gram)
    return _share(repeated, len(flat))


def _said_twice(flat: str) -> Sequence[int]:
    """
    Where n-grams may begin that the text has twice, in order; nearly all others are left out.

    The last bytes of eight characters are one number: to compare these takes half the time that
    it takes to cut out all n-grams, and most texts have no number twice.
    """
    last_bytes = flat.encode("utf-32-le", "surrogatepass")[::4]
    count = len(last_bytes) - AS_NUMBER + 1
    if count <= 0 or _says_all_once(last_bytes):
        return ()
    numbers = [0] * count
    for first in range(min(AS_NUMBER, count)):
        numbers[first::AS_NUMBER] = _numbers(last_bytes, first).tolist()
    last = dict(zip(numbers, range(count), strict=True))
    earlier = set(range(count)).difference(last.values())
    return sorted(earlier.union([last[numbers[place]] for place in earlier]))


def _numbers(last_bytes: bytes, first: int) -> memoryview:
    """Every eighth of the numbers that bytes are, from the first one on."""
    end = len(last_bytes) - (len(last_bytes) - first) % AS_NUMBER
    return memoryview(last_bytes[first:end]).cast("Q")


def _says_all_once(last_bytes: bytes) -> bool:
    """
    Whether no n-gram stands in a text twice.

    Of one that does, three numbers in a row stand there twice. Both times at most one of them is
    at a place that is passed over here, so that one of the three is looked at both times.
    """
    seen: set[int] = set()
    count = 0
    for first in range(min(AS_NUMBER, len(last_bytes) - AS_NUMBER + 1)):
        if first % PASSED_OVER:
            numbers = _numbers(last_bytes, first)
            seen.update(numbers)
            count += len(numbers)
            if len(seen) < count:
                return False
    return True


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(map(len, pattern.findall(text)))


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0
