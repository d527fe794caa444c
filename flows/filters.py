"""
Named filters on the columns of a dataset, for readers who do not want to choose thresholds.

Nothing is filtered by itself: signals decide nothing until somebody asks. Each filter is an
expression of names, numbers, comparisons and AND, OR, NOT, as SQL writes them.
"""

from __future__ import annotations

PRESETS: dict[str, str] = {
    # Chinese documents that can be read, one of each; cut ones as well.
    "lenient": (
        "signals.language = 'zh' AND signals.han_share >= 0.3 "
        "AND signals.unreadable_share <= 0.01 AND signals.duplicate_line_share <= 0.3 "
        "AND canonical IS NOT FALSE"
    ),
    # Whole prose: no lists and tables, nothing that repeats itself, nothing cut off.
    "strict": (
        "signals.language = 'zh' AND signals.han_share >= 0.6 AND signals.chars >= 200 "
        "AND signals.sentence_end_share >= 0.5 AND signals.punctuation_share <= 0.25 "
        "AND signals.duplicate_line_share <= 0.1 AND signals.duplicate_ngram_share <= 0.15 "
        "AND signals.unreadable_share = 0 AND NOT truncated AND canonical IS NOT FALSE"
    ),
}


def presets_page() -> str:
    """The named filters in Markdown, as they stand in docs/dataset.md."""
    return "".join(f"`@{name}`\n\n```sql\n{said}\n```\n\n" for name, said in PRESETS.items())
