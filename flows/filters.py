"""
Named filters on the columns of a dataset, for readers who do not want to choose thresholds.

Nothing is filtered by itself: signals decide nothing until somebody asks. Each filter is an
expression in the SQL that DuckDB reads, without functions, so that little is needed to read it.
"""

from __future__ import annotations

PRESETS: dict[str, str] = {
    # Whole Chinese documents, one of each: what most who train or search want.
    "lenient": "signals.han_share >= 0.3 AND signals.unreadable_share <= 0.01 "
    "AND signals.duplicate_line_share <= 0.3 AND canonical IS NOT FALSE",
    # Prose: no lists, no tables, no menus, nothing that repeats itself, nothing cut off.
    "strict": "signals.language = 'zh' AND signals.han_share >= 0.6 AND signals.chars >= 200 "
    "AND signals.sentence_end_share >= 0.5 AND signals.punctuation_share <= 0.25 "
    "AND signals.duplicate_line_share <= 0.1 AND signals.duplicate_ngram_share <= 0.1 "
    "AND signals.unreadable_share = 0 AND NOT truncated AND canonical IS NOT FALSE",
}
