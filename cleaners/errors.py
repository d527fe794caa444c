"""
What can go wrong, as a tree:

* ZhengbenError            anything a user of zhengben can put right
  x RulePackError          a rule pack does not say what its author meant
  x SourcesError           a file of sources does not say what is to be fetched
  x UsageError             the command line, or a path on it, cannot be used as it is
  x BusyError              another run is doing just this
  x DatasetError           a dataset does not have the files or the schema that we write
  x ArchiveError           a file of the archive is not what was written

A bad *page* is not in the tree. Pages are data: cleaning returns `Rejected`.
Each error says where, what, what was seen, and what to do.
"""

from __future__ import annotations


class ZhengbenError(Exception):
    """Anything a user of zhengben can put right."""

    def __init__(self, where: str, what: str, *, saw: str = "", do: str = "") -> None:
        self.where, self.what, self.saw, self.do = where, what, saw, do
        lines = [f"{where}: {what}"]
        if saw:
            lines.append(f"    saw: {saw}")
        if do:
            lines.append(f"     do: {do}")
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[object, ...]:
        # An error of another process arrives as it left: four fields, not one text.
        return _again, (type(self), self.where, self.what, self.saw, self.do)


def _again(kind: type[ZhengbenError], where: str, what: str, saw: str, do: str) -> ZhengbenError:
    return kind(where, what, saw=saw, do=do)


class RulePackError(ZhengbenError):
    """A rule pack does not say what its author meant."""


class SourcesError(ZhengbenError):
    """A file of sources does not say what is to be fetched."""


class UsageError(ZhengbenError):
    """The command line, or a path on it, cannot be used as it is."""


class BusyError(UsageError):
    """Another run is doing just this."""


class DatasetError(ZhengbenError):
    """A dataset does not have the files or the schema that we write."""


class ArchiveError(ZhengbenError):
    """A file of the archive is not what was written."""
