"""What a reader says of a file that it cannot read; cleaning makes a `Rejected` of it."""

from __future__ import annotations


class FormatProblem(Exception):  # noqa: N818 - the file is at fault, no error of the program
    """A file that cannot be read: the rule's name, and a sentence that says what to do."""

    def __init__(self, rule: str, why: str) -> None:
        self.rule, self.why = rule, why
        super().__init__(f"{rule}: {why}")
