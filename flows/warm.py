"""
What every worker needs, made once: imported by the server that workers are forked from.

Reading and proving the shipped rules takes longer than to start a worker. Forked, they
come with it, and a worker that takes the place of a dead one is ready in milliseconds.
"""

import flows.local  # noqa: F401  # pyright: ignore[reportUnusedImport]
from cleaners import clean_text

clean_text("正文。")
