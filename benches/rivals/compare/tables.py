#!/usr/bin/env python3
"""Make Markdown of what `python -m compare` measured.

python -m compare.tables rivals.json
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from compare.paired import sign_test
from compare.plan import LARGE, SAMPLES, TIMED

TITLES = {
    "jieda": "**jieda**",
    "milvus": "milvus-lite",
    "lance": "LanceDB",
    "postgres": "PostgreSQL + pgvector",
    "glue": "bm25s + jieba + numpy",
}
TIMED_TITLE = {TIMED: "100 FAQs", LARGE: "10,000 FAQs"}
WAY_TITLE = {"index": "vectors given", "text": "from the text"}


class Results:
    def __init__(self, found: dict):
        self.found = found
        self.faq: list[dict] = found["faq"]

    def answers(self, engine: str, corpus: str, way: str, chosen_on: str) -> dict | None:
        wanted = {"engine": engine, "corpus": corpus, "way": way}
        if engine != "jieda":
            wanted["chosen_on"] = chosen_on
        return next((row for row in self.faq if all(row.get(k) == v for k, v in wanted.items())), None)

    def build(self, engine: str, corpus: str, way: str) -> dict | None:
        wanted = {"engine": engine, "corpus": corpus, "way": way}
        return next((row for row in self.found["build"] if all(row[k] == v for k, v in wanted.items())), None)

    def samples(self, engine: str, way: str, chosen_on: str) -> list[dict] | None:
        rows = [self.answers(engine, corpus, way, chosen_on) for corpus in SAMPLES]
        return [row["quality"] for row in rows if row] if all(rows) else None

    def engines(self) -> list[str]:
        return [name for name in TITLES if any(row["engine"] == name for row in self.faq)]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print("| " + " | ".join(columns) + " |")
    print("|---" * len(columns) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def quality(results: Results) -> None:
    """For each rival the choice of settings that did better here, which favours it."""
    print("## FAQ retrieval: what is found\n")
    ours = results.samples("jieda", "index", "")
    rows = []
    for engine in results.engines():
        choices = {on: results.samples(engine, "index", on) for on in ("held-out", "own")}
        choices = {on: found for on, found in choices.items() if found}
        if not choices or ours is None:
            continue
        on = max(choices, key=lambda on: mean(choices[on], "recall_at_1"))
        rows.append(quality_row(engine, choices[on], ours, "" if engine == "jieda" else on))
    table(quality_columns("settings chosen on"), rows)
    print("Both choices:\n")
    rows = []
    for engine in results.engines():
        for on in ("held-out", "own"):
            found = results.samples(engine, "index", on)
            if engine != "jieda" and found and ours:
                rows.append(quality_row(engine, found, ours, on))
    table(quality_columns("settings chosen on"), rows)
    print("The same from the text, with onnxruntime's vectors for rivals (settings chosen held-out):\n")
    ours = results.samples("jieda", "text", "")
    rows = []
    for engine in results.engines():
        found = results.samples(engine, "text", "held-out")
        if found and ours:
            rows.append(quality_row(engine, found, ours, "" if engine == "jieda" else "held-out"))
    table(quality_columns("settings chosen on"), rows)


def quality_columns(last: str) -> list[str]:
    each = [f"recall@1 {corpus}" for corpus in SAMPLES]
    return ["", *each, "recall@1", "recall@10", "MRR@10", "against jieda: won, lost (p)", last]


def quality_row(engine: str, found: list[dict], ours: list[dict], on: str) -> list[str]:
    each = [f"{sample['recall_at_1']:.3f}" for sample in found]
    means = [f"{mean(found, field):.3f}" for field in ("recall_at_1", "recall_at_10", "mrr_at_10")]
    if engine == "jieda":
        against = "–"
    else:
        pairs = [pair for a, b in zip(found, ours, strict=True) for pair in zip(a["ranks"], b["ranks"], strict=True)]
        won = sum(theirs == 1 != our for theirs, our in pairs)
        lost = sum(our == 1 != theirs for theirs, our in pairs)
        against = f"{won}, {lost} ({sign_test(won, lost):.1g})"
    return [TITLES[engine], *each, *means, against, on or "–"]


def mean(found: list[dict], field: str) -> float:
    return sum(sample[field] for sample in found) / len(found)


def speed(results: Results) -> None:
    print("## FAQ retrieval: what it costs\n")
    columns = ["", "p50 ms", "p99 ms", "questions/s", "by", "build s", "files MB", "RSS MB", "PSS MB", "PSS under load"]
    for corpus, title in TIMED_TITLE.items():
        for way, way_title in WAY_TITLE.items():
            rows = []
            for engine in results.engines():
                row = results.answers(engine, corpus, way, "held-out")
                built = results.build(engine, corpus, way)
                if row and built and "load" in row:
                    rows.append(speed_row(engine, row, built))
            print(f"### {title}, {way_title}\n")
            table(columns, rows)


def speed_row(engine: str, row: dict, built: dict) -> list[str]:
    best = max(row["load"], key=lambda load: load["qps"])
    memory, loaded = row["memory"], best["memory"]
    return [
        TITLES[engine],
        f"{row['latency']['p50_ms']:.2f}",
        f"{row['latency']['p99_ms']:.2f}",
        f"{best['qps']:,.0f}",
        best["callers"],
        f"{built['build_s']:.1f}",
        f"{built['disk_mb']:,.0f}",
        f"{memory['rss_mb']:,.0f}",
        f"{memory['pss_mb']:,.0f}",
        f"{loaded['pss_mb']:,.0f}",
    ]


def intents(results: Results) -> None:
    rows = results.found["intents"]
    if not rows:
        return
    print("## Intents\n")
    names = list(dict.fromkeys(row["engine"] for row in rows))
    columns = ["", *(f"accuracy {corpus}" for corpus in SAMPLES), "accuracy", "macro-F1"]
    columns += ["train s", "p50 ms from the text", "without encoding"]
    lines = []
    for name in names:
        of = {row["corpus"]: row for row in rows if row["engine"] == name}
        if set(of) != set(SAMPLES):
            continue
        each = [of[corpus] for corpus in SAMPLES]
        lines.append(
            [
                TITLES.get(name, each[0]["title"]),
                *(f"{row['accuracy']:.3f}" for row in each),
                f"{mean(each, 'accuracy'):.3f}",
                f"{mean(each, 'macro_f1'):.3f}",
                f"{mean(each, 'train_s'):.1f}",
                f"{sum(row['text']['p50_ms'] for row in each) / len(each):.2f}",
                f"{sum(row['predict']['p50_ms'] for row in each) / len(each):.2f}",
            ]
        )
    table(columns, lines)


def settings(results: Results) -> None:
    print("## Settings that were chosen\n")
    rows = []
    for engine, by_corpus in results.found["settings"].items():
        for on, tuned in by_corpus.items():
            chosen = tuned["setting"]
            fusion = {key: value for key, value in chosen["fusion"].items() if value is not None}
            said = ", ".join(f"{key} {value}" if key != "kind" else str(value) for key, value in fusion.items())
            best = max(trial["mrr_at_10"] for trial in tuned["tried"])
            rows.append([TITLES[engine], on, chosen["layout"], said, f"{best:.3f}"])
    table(["", "chosen on", "rows", "fusion", "MRR@10 there"], rows)


def head(found: dict) -> None:
    machine = found["machine"]
    print(f"# jieda and what one would take instead, {found['date']}\n")
    if found["trial"]:
        print("**A trial on small inputs: it shows that everything runs, and its figures say little.**\n")
    print(
        f"{machine['cores']} cores of {machine['processor']}, {machine['memory_gb']} GB, Python {machine['python']}. "
        f"Load before: {machine['load_before']:.1f}. What is measured, and how: "
        "[benches/rivals](../../rivals/README.md). Raw: [rivals.json](rivals.json).\n"
    )
    print("```console\n$ benches/rivals/run\n```\n")
    for name, why in found["left_out"].items():
        print(f"Left out: {TITLES.get(name, name)}: {why}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    found = json.loads(parser.parse_args().results.read_text(encoding="utf-8"))
    results = Results(found)
    head(found)
    quality(results)
    speed(results)
    intents(results)
    settings(results)
    for package, version in found["versions"].items():
        print(f"- {package} {version}")


if __name__ == "__main__":
    main()
