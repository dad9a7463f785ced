#!/usr/bin/env python3
"""Put the short tables between the marks `<!-- rivals -->` and `<!-- /rivals -->` of the READMEs.

python -m compare.readme rivals.json ../../README.md ../../README.zh-CN.md
"""

import argparse
import json
import re
from pathlib import Path

from compare.plan import LARGE, SAMPLES, TIMED
from compare.results import TITLES, Results, best_load, mean

MARKED = re.compile(r"(<!-- rivals -->\n).*?(<!-- /rivals -->)", re.DOTALL)
FAQ_COLUMNS = {
    "en": [
        "FAQ retrieval",
        "recall@1",
        "MRR@10",
        "100 FAQs: p50 / p99 ms",
        "questions/s",
        "{large:,} FAQs: p50 / p99 ms",
        "questions/s",
        "build s",
        "MB",
    ],
    "zh": [
        "检索",
        "recall@1",
        "MRR@10",
        "100 条：中位数 / p99，毫秒",
        "每秒问题数",
        "{large:,} 条：中位数 / p99，毫秒",
        "每秒问题数",
        "建索引，秒",
        "内存，MB",
    ],
}
INTENT_COLUMNS = {
    "en": ["intents", "accuracy", "macro-F1", "training s", "one text, p50 ms"],
    "zh": ["意图", "正确率", "macro-F1", "训练，秒", "一条文本，中位数，毫秒"],
}
CHINESE = {
    "logistic": "scikit-learn：向量 + 逻辑回归",
    "neighbours": "scikit-learn：向量 + 最近邻",
    "svm": "scikit-learn：向量 + SVM（RBF 核）",
    "tfidf": "scikit-learn：字符 TF-IDF + 线性 SVM",
}
TRIAL = {
    "en": "**Figures of a trial on small inputs, to be replaced.**\n\n",
    "zh": "**以下是小规模试运行的数字，待替换。**\n\n",
}


def faq_row(results: Results, engine: str) -> list[str] | None:
    found = results.best_samples(engine)
    timed = [results.answers(engine, corpus, "text", "held-out") for corpus in (TIMED, LARGE)]
    built = results.build(engine, LARGE, "text")
    if found is None or built is None or not all(row and "load" in row for row in timed):
        return None
    cells = [TITLES[engine], f"{mean(found.samples, 'recall_at_1'):.3f}", f"{mean(found.samples, 'mrr_at_10'):.3f}"]
    for row in timed:
        latency = row["latency"]
        cells += [f"{latency['p50_ms']:.1f} / {latency['p99_ms']:.1f}", f"{best_load(row)['qps']:,.0f}"]
    return [*cells, f"{built['build_s']:.0f}", f"{timed[1]['memory']['pss_mb']:,.0f}"]


def intent_rows(results: Results, language: str) -> list[list[str]]:
    rows = []
    for name in dict.fromkeys(row["engine"] for row in results.found["intents"]):
        of = [row for row in results.found["intents"] if row["engine"] == name]
        if len(of) < len(SAMPLES):
            continue
        theirs = CHINESE.get(name) if language == "zh" else "scikit-learn: " + of[0]["title"]
        rows.append(
            [
                TITLES.get(name) or theirs or name,
                f"{mean(of, 'accuracy'):.3f}",
                f"{mean(of, 'macro_f1'):.3f}",
                f"{mean(of, 'train_s'):.1f}",
                f"{sum(row['text']['p50_ms'] for row in of) / len(of):.1f}",
            ]
        )
    return rows


def markdown(columns: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in [columns, *rows]]
    lines.insert(1, "|---" * len(columns) + "|")
    return "\n".join(lines) + "\n"


def tables(results: Results, language: str) -> str:
    faq = [row for row in (faq_row(results, engine) for engine in results.engines()) if row]
    text = TRIAL[language] if results.found["trial"] else ""
    text += markdown([column.format(large=results.large_faqs) for column in FAQ_COLUMNS[language]], faq)
    if intents := intent_rows(results, language):
        text += "\n" + markdown(INTENT_COLUMNS[language], intents)
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("readmes", type=Path, nargs="+")
    options = parser.parse_args()
    results = Results(json.loads(options.results.read_text(encoding="utf-8")))
    for path in options.readmes:
        text = path.read_text(encoding="utf-8")
        if not MARKED.search(text):
            raise SystemExit(f"{path.name} has no marks <!-- rivals --> and <!-- /rivals -->")
        made = tables(results, "zh" if ".zh" in path.name else "en")
        path.write_text(MARKED.sub(rf"\g<1>{made}\g<2>", text), encoding="utf-8")


if __name__ == "__main__":
    main()
