"""
What a release says about itself: README.md for people and the Hub, croissant.json for machines.

Both are made of the manifest and of what was counted, and of nothing else: no clock, no path,
so that the same release has the same card.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from jinja2 import Environment, StrictUndefined

from flows.columns import SIGNALS, Column
from flows.commit import Manifest
from flows.facts import QUANTILES, Cuts, Facts

MOST = 20  # rows of a table
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
         (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"))  # fmt: skip
LANGUAGES = ("zh", "en", "ja", "ko")

_CROISSANT = "http://mlcommons.org/croissant/"
_DATA_TYPES = (
    (pa.types.is_boolean, "sc:Boolean"),
    (pa.types.is_integer, "sc:Integer"),
    (pa.types.is_floating, "sc:Float"),
    (pa.types.is_timestamp, "sc:DateTime"),
)
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": _CROISSANT,
    "rai": f"{_CROISSANT}RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def card(manifest: Manifest, facts: Facts) -> str:
    """The dataset card, with the front matter that the Hub and `datasets` read."""
    environment = Environment(
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  Markdown
    )
    filters: dict[str, Callable[..., object]] = {
        "number": "{:,}".format,
        "percent": _percent,
        "cell": _cell,
        "most": _most,
        "cut_most": _cut_most,
    }
    environment.filters.update(filters)
    template = environment.from_string(
        Path(__file__).with_name("card.md.j2").read_text(encoding="utf-8")
    )
    return template.render(
        manifest=manifest,
        about=manifest["release"],
        facts=facts,
        languages=[name for name in LANGUAGES if facts.languages[name]] or ["zh"],
        size=next((name for most, name in SIZES if facts.documents < most), "n>100M"),
        parts=list(manifest["release"]["split"] or ()),
        quantiles=[
            (column.name, facts.quantiles(column.name))
            for column in SIGNALS
            if facts.signals.get(column.name)
        ],
        percentiles=[f"{100 * q:g} %" for q in QUANTILES],
    )


def croissant(manifest: Manifest, columns: Iterable[Column], facts: Facts) -> str:
    """The description as Croissant 1.0: files with checksums, and the fields of a record."""
    about = manifest["release"]
    made: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": f"{_CROISSANT}1.0",
        "name": f"zhengben-{about['id']}",
        "description": "Clean documents from Chinese web pages and files; each row has its source, "
        "its original text and every cut with the rule that made it.",
        "inLanguage": [name for name in LANGUAGES if facts.languages[name]] or ["zh"],
        "version": f"{manifest['schema_version']}.0.0+{about['content'][:12]}",
        "license": "that of each source: see README.md",
        "isAccessibleForFree": True,
        **({"dateModified": facts.newest.date().isoformat()} if facts.newest else {}),
        "distribution": [
            *(_file(entry) for entry in manifest["files"]),
            _files("documents-files", "documents-*.parquet"),
            _files("rejects-files", "rejects.parquet"),
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "documents",
                "name": "documents",
                "description": "One record a document.",
                "key": {"@id": "documents/id"},
                "field": [_field(column, "documents", "documents-files") for column in columns],
            }
        ],
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _file(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": entry["name"],
        "name": entry["name"],
        "contentUrl": entry["name"],
        "contentSize": f"{entry['bytes']} B",
        "encodingFormat": "application/x-parquet",
        "sha256": entry["sha256"],
    }


def _files(name: str, pattern: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": name,
        "name": name,
        "encodingFormat": "application/x-parquet",
        "includes": pattern,
    }


def _field(column: Column, above: str, files: str) -> dict[str, Any]:
    name = f"{above}/{column.name}"
    many = pa.types.is_list(column.type)
    kind = column.type.value_type if many else column.type
    made: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": name,
        "name": column.name,
        "description": column.doc,
        "source": {"fileSet": {"@id": files}, "extract": {"column": column.name}},
    }
    if many:
        made["repeated"] = True
    if column.fields:
        # Lists in lists are left out: Croissant's own reader cannot take them apart.
        inner = [one for one in column.fields if not pa.types.is_list(one.type)]
        made["subField"] = [_inner(one, name, column.name, files) for one in inner]
    else:
        made["dataType"] = _data_type(kind)
    return made


def _inner(column: Column, above: str, top: str, files: str) -> dict[str, Any]:
    """A field of a struct."""
    return {
        "@type": "cr:Field",
        "@id": f"{above}/{column.name}",
        "name": column.name,
        "description": column.doc,
        "dataType": _data_type(column.type),
        "source": {
            "fileSet": {"@id": files},
            "extract": {"column": top},
            "transform": {"jsonPath": column.name},
        },
    }


def _data_type(kind: pa.DataType) -> str:
    return next((said for is_it, said in _DATA_TYPES if is_it(kind)), "sc:Text")


def _cut_most(cuts: Mapping[str, Cuts]) -> list[tuple[str, Cuts]]:
    return sorted(cuts.items(), key=lambda item: (-item[1].characters, item[0]))[:MOST]


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent that have a name; by name where numbers are the same."""
    said = [(name, count) for name, count in counts.items() if name]
    return sorted(said, key=lambda item: (-item[1], item[0]))[:MOST]


def _percent(part: float, whole: float) -> str:
    """Never 0 for what is there."""
    if not part or not whole:
        return "0 %"
    share = 100 * part / whole
    return "< 0.1 %" if share < 0.1 else f"{share:.1f} %"  # noqa: PLR2004  as it is printed


def _cell(said: str) -> str:
    """What a page says, as a cell of a table in Markdown."""
    flat = " ".join(said.split())[:80]
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in flat)
