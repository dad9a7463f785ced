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
from compare.results import CHOICES, TITLES, Found, Results, best_load, mean

WAY_TITLE = {"index": "vectors given", "text": "from the text"}


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print("| " + " | ".join(columns) + " |")
    print("|---" * len(columns) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def quality(results: Results) -> None:
    print("## FAQ retrieval: what is found\n")
    print("Vectors given; of two ways to choose a rival's settings the one that did better here:\n")
    quality_table(results, "index", [results.best_samples(engine) for engine in results.engines()])
    print("Both ways:\n")
    both = [(engine, on) for engine in results.engines() for on in CHOICES if engine != "jieda"]
    quality_table(results, "index", [results.samples(engine, "index", on) for engine, on in both], [e for e, _ in both])
    print("From the text, rivals with onnxruntime's vectors:\n")
    quality_table(results, "text", [results.samples(engine, "text", "held-out") for engine in results.engines()])


def quality_table(
    results: Results, way: str, found: Sequence[Found | None], engines: Sequence[str] | None = None
) -> None:
    each = [f"recall@1 {corpus}" for corpus in SAMPLES]
    columns = ["", *each, "recall@1", "recall@10", "MRR@10", "against jieda: won, lost (p)", "settings chosen on"]
    ours = results.samples("jieda", way, "")
    pairs = zip(engines or results.engines(), found, strict=True)
    table(columns, [quality_row(engine, of, ours) for engine, of in pairs if of and ours])


def quality_row(engine: str, found: Found, ours: Found) -> list[str]:
    each = [f"{sample['recall_at_1']:.3f}" for sample in found.samples]
    means = [f"{mean(found.samples, field):.3f}" for field in ("recall_at_1", "recall_at_10", "mrr_at_10")]
    if engine == "jieda":
        return [TITLES[engine], *each, *means, "–", "–"]
    samples = zip(found.samples, ours.samples, strict=True)
    pairs = [pair for a, b in samples for pair in zip(a["ranks"], b["ranks"], strict=True)]
    won = sum(theirs == 1 != our for theirs, our in pairs)
    lost = sum(our == 1 != theirs for theirs, our in pairs)
    against = f"{won}, {lost} ({sign_test(won, lost):.1g})"
    return [TITLES[engine], *each, *means, against, found.chosen_on]


def speed(results: Results) -> None:
    print("## FAQ retrieval: what it costs\n")
    columns = ["", "p50 ms", "p99 ms", "questions/s", "by", "build s", "files MB", "RSS MB", "PSS MB", "PSS under load"]
    for corpus, title in {TIMED: "100 FAQs", LARGE: results.large_title}.items():
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
    best = best_load(row)
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


def additions(results: Results) -> None:
    print(f"### One more FAQ among {results.large_title}, until it is found\n")
    took = {row["engine"]: row["p50_ms"] for row in results.found["added"]}
    rows = []
    for engine in results.engines():
        built = results.build(engine, LARGE, "index")
        if engine == "jieda" and engine in took:
            how = "published: checked, encoded, a release that can be taken back"
            rows.append([TITLES[engine], f"{took[engine]:,.0f}", how])
        elif engine in took:
            rows.append([TITLES[engine], f"{took[engine]:,.0f}", "added, vectors given"])
        elif built:
            rows.append([TITLES[engine], f"{built['build_s'] * 1e3:,.0f}", "built anew, vectors given"])
    table(["", "ms", "how"], rows)


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
    additions(results)
    intents(results)
    settings(results)
    for package, version in found["versions"].items():
        print(f"- {package} {version}")


if __name__ == "__main__":
    main()
