#!/usr/bin/env python3
"""Merge the lines of the retrieval benchmark into tables in Markdown. Of two rounds the faster counts."""

import json
import sys
from pathlib import Path


def cell(row: dict, field: str, digits: int) -> str:
    value = row.get(field)
    return "–" if value is None else f"{value:,.{digits}f}"


def table(title: str, columns: list[tuple[str, str, int]], rows: list[dict]) -> None:
    print(f"## {title}\n")
    print("| phrasings | engine | " + " | ".join(name for name, _, _ in columns) + " |")
    print("|---|---|" + "---|" * len(columns))
    for row in rows:
        cells = [cell(row, field, digits) for _, field, digits in columns]
        name = f"**{row['engine']}**" if row["engine"] == "jieda" else row["engine"]
        print(f"| {row['phrasings']:,} | {name} | " + " | ".join(cells) + " |")
    print()


def main() -> None:
    merged: dict[tuple, dict] = {}
    for path in sys.argv[1:]:
        row = json.loads(Path(path).read_text(encoding="utf-8"))
        key = (row["phrasings"], row["engine"] != "jieda", row["engine"])
        known = merged.setdefault(key, {})
        if row.get("p50_ms", 0) <= known.get("p50_ms", float("inf")):
            known.update(row)
    for row in merged.values():
        if row["engine"] == "jieda":
            row["build_s"] = row["text_build_s"] + row["vector_build_s"]
            row["mb"] = row["text_mb"] + row["vector_mb"]
            row["rss_mb"] = row["own_mb"] + row["mapped_mb"]
            row["hybrid_recall_at_10"] = row["recall_at_10"]
    rows = [merged[key] for key in sorted(merged)]
    table(
        "Hybrid queries, one core",
        [
            ("p50 ms", "p50_ms", 2),
            ("p99 ms", "p99_ms", 2),
            ("recall@10 of exact hybrid", "hybrid_recall_at_10", 4),
            ("recall@10 of exact vectors", "vector_recall_at_10", 4),
            ("own FAQ in 10", "right_at_10", 3),
            ("build s", "build_s", 1),
            ("files MB", "mb", 0),
            ("resident MB", "rss_mb", 0),
        ],
        rows,
    )
    table(
        "Ours in detail",
        [
            ("text index: build s", "text_build_s", 1),
            ("MB", "text_mb", 1),
            ("vectors: build s", "vector_build_s", 1),
            ("MB", "vector_mb", 1),
            ("open ms", "open_ms", 2),
            ("join ms", "join_ms", 1),
            ("own MB", "own_mb", 1),
            ("mapped MB", "mapped_mb", 1),
            ("same first as exact", "same_top", 4),
        ],
        [row for row in rows if row["engine"] == "jieda"],
    )


if __name__ == "__main__":
    main()
