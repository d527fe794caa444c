"""
Containers: files that hold many pages. `expand` turns each into its parts.

    zips.py, tars.py      archives of files
    warcs.py              pages as they were fetched
    lines.py, tables.py   rows: JSONL, and CSV, TSV, Parquet
    mailbox.py            messages
    codecs.py             gzip and zstd around any of them, and bounds on what comes out
    kinds.py              which is which
    expand.py             a file in, its parts out
"""
