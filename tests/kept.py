"""A DATA folder with an archive and tables, made here without a network and in this process."""

from __future__ import annotations

from datetime import timedelta

from exchanges import a_failure, an_article

from flows import reclean, shards, verify
from flows.archive import ArchiveWriter
from flows.fetch.exchange import Failure
from flows.shards import Recipe, clean_file
from flows.tables import Tables, rows_of

PACK = """
pack = "mine"
[[rule]]
id = "ferry-line"
kind = "site_promo"
where = "anywhere"
why = "船夫的一句话，在这个测试里不算正文。"
pattern = ['渡口的船夫姓周，每天天不亮就把灯挂在船头，等第一个要过河的人。']
examples = [{ text = "渡口的船夫姓周，每天天不亮就把灯挂在船头，等第一个要过河的人。" }]
counterexamples = [{ text = "渡口的船夫姓王。", because = "另一句话" }]
"""


def keep(data, *results, file="news/1.warc.gz", origin="news", packs=()):
    """Archive what fetching gave, clean it and commit it."""
    with ArchiveWriter(data / "archive", file) as writer:
        for result in results:
            if isinstance(result, Failure):
                writer.add_failure(result, an_article(1).last.at, kind="page")
            else:
                writer.add(result, None, kind="page")
    recipe = Recipe(origin, timedelta(days=1), packs)
    Tables(data).commit(clean_file(data, file, recipe, workers=1))


def some_pages(data, count=4, **options):
    """So many articles and one page that is not there."""
    keep(data, *(an_article(n) for n in range(1, count + 1)), a_failure(), **options)


def in_this_process(patch):
    """Clean here: starting workers takes longer than these tests, and others try them."""

    def here(items, make_work, **_):
        work = make_work()
        for item in items:
            yield item, work(item)

    for module in (shards, reclean, verify):
        patch.setattr(module, "run_all", here)


def pages(data):
    """What is known of each page, but for when and where its bytes lie."""
    return {
        row["url"]: (row["document_ids"], row["reject_ids"], row["raw_sha256"], row["outcome"])
        for row in rows_of(Tables(data).read("pages"))
    }


def current(data):
    """The current documents by their source."""
    rows = {row["id"]: row for row in rows_of(Tables(data).read("documents"))}
    named = (one for ids, *_ in pages(data).values() for one in ids)
    return {rows[one]["source"]: rows[one] for one in named}
