#!/usr/bin/env python3
"""Choose what a rival lets its user choose, on queries to learn from: the setting with the highest MRR@10.

python -m faq.tune --engine NAME --split train --work DIR CORPUS…

Prints one line of JSON: the setting, and what was tried. Of several corpora the mean counts.
"""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

from faq.engine import LAYOUTS, Fusion, Setting, Table
from faq.engines import NAMES, load_engine
from shared.corpus import Corpus
from shared.measure import quality

# More are no better for choosing among some twenty settings, and slow for databases.
MOST_QUERIES = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=NAMES, required=True)
    parser.add_argument("--split", choices=["train", "test"], default="train")
    parser.add_argument("--most", type=int, default=MOST_QUERIES, help="queries of a corpus")
    parser.add_argument("--work", type=Path, required=True, help="folder for indexes")
    parser.add_argument("corpora", type=Path, nargs="+")
    options = parser.parse_args()
    tried: dict[Setting, float] = {}
    for layout in LAYOUTS:
        for folder in options.corpora:
            for fusion, mrr in measured(options, Corpus(folder), layout):
                setting = Setting(layout, fusion)
                tried[setting] = tried.get(setting, 0) + mrr / len(options.corpora)
    # Of equals the first, which is the simpler one.
    best = max(tried, key=tried.__getitem__)
    trials = [setting.record() | {"mrr_at_10": mrr} for setting, mrr in tried.items()]
    print(json.dumps({"engine": options.engine, "setting": best.record(), "tried": trials}))
    # Servers in threads of this process would keep it alive.
    sys.stdout.flush()
    os._exit(0)


def measured(options: argparse.Namespace, corpus: Corpus, layout: str) -> list[tuple[Fusion, float]]:
    folder = options.work / corpus.name / layout
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    engine = load_engine(options.engine)(folder)
    table = Table.of(corpus, layout)
    engine.prepare(table)
    engine.build(table)
    engine.open()
    session = engine.session()
    asked, vectors = corpus.queries(options.split, options.most)
    found = []
    for fusion in engine.FUSIONS:
        ranks = []
        for query, vector in zip(asked, vectors, strict=True):
            faqs = session.search(query.text, vector, fusion)
            ranks.append(faqs.index(query.faq) + 1 if query.faq in faqs else 0)
        found.append((fusion, quality(ranks)["mrr_at_10"]))
    engine.close()
    shutil.rmtree(folder, ignore_errors=True)
    return found


if __name__ == "__main__":
    main()
