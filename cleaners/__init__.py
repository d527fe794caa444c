"""
Pure functions: bytes and rules in, documents with their evidence out.

    >>> from cleaners import clean_text
    >>> [document] = clean_text("全县会议讲话\\n同志们：\\n今天开会。\\n某某文库整理，咨询QQ206000000")
    >>> document.text
    '同志们：\\n今天开会。'
    >>> [(cut.rule, cut.text) for cut in document.removals]
    [('own-title', '全县会议讲话'), ('compiled-by', '某某文库整理，咨询QQ206000000')]
"""

from cleaners.clean import clean, clean_text, rebuild
from cleaners.document import Document, Edit, Extracted, Harvested, RawPage, Rejected, Removal
from cleaners.normalise import Form

__all__ = [
    "Document",
    "Edit",
    "Extracted",
    "Form",
    "Harvested",
    "RawPage",
    "Rejected",
    "Removal",
    "clean",
    "clean_text",
    "rebuild",
]
