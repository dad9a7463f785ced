#!/usr/bin/env python3
"""Merge result files of the encoder benchmark into one table in Markdown.

Each file is a list of rows as `jieda bench encode --json` prints them. Of several rounds of the same
row the fastest counts, for everybody alike.
"""

import json
import sys
from pathlib import Path


def best(rows: list[dict]) -> dict:
    row = dict(min(rows, key=lambda r: r["p50_ms"]))
    for field in ("sentences_per_s", "file_order_sentences_per_s"):
        values = [r[field] for r in rows if r.get(field) is not None]
        if values:
            row[field] = max(values)
    return row


def number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def main() -> None:
    rounds: dict[tuple, list[dict]] = {}
    for path in sys.argv[1:]:
        for row in json.loads(Path(path).read_text(encoding="utf-8")):
            key = (row["threads"], row["batch"], row["dtype"], row["backend"])
            rounds.setdefault(key, []).append(row)
    columns = [
        "threads",
        "batch",
        "numbers",
        "engine",
        "p50 ms",
        "p99 ms",
        "sentences/s",
        "in file order",
        "cosine min",
        "peak RSS MB",
    ]
    print("| " + " | ".join(columns) + " |")
    print("|---" * len(columns) + "|")
    for key in sorted(rounds):
        row = best(rounds[key])
        threads, batch, dtype, backend = key
        rss = row.get("peak_rss_mb") or row.get("rss_mb")
        cells = [
            str(threads),
            str(batch),
            dtype,
            {"cpu": "**jieda**", "candle": "jieda on candle"}.get(backend, backend),
            number(row["p50_ms"], 2),
            number(row["p99_ms"], 2),
            number(row["sentences_per_s"], 0),
            number(row.get("file_order_sentences_per_s", row["sentences_per_s"]), 0),
            number(row["cosine_min"], 4),
            number(rss, 0),
        ]
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
