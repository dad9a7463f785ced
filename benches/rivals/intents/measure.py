#!/usr/bin/env python3
"""Train scikit-learn on the phrasings and the train split of a corpus, and ask its test split.

python -m intents.measure --corpus DIR --model DIR --onnx FILE

Prints a list of JSON records. Parameters are chosen by cross-validation on what is learned from; `train_s` has that in
it, as ours has. One text is timed with and without encoding it.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from encoder.onnx_encoder import Encoder
from intents.classifiers import CLASSIFIERS, Classifier
from shared.corpus import Corpus
from shared.measure import latency

FOLDS = 5
SEED = 7
THREADS = 2


class Sample:
    """Texts, their vectors and their intents, to learn and to ask."""

    def __init__(self, corpus: Corpus):
        rows = corpus.rows()
        phrasings = [i for i, row in enumerate(rows) if row.kind == "phrasing"]
        learned, vectors = corpus.queries("train")
        self.train = {
            "texts": [rows[i].text for i in phrasings] + [query.text for query in learned],
            "vectors": np.concatenate([corpus.row_vectors()[phrasings], vectors]),
        }
        self.train_intents = [rows[i].intent for i in phrasings] + [query.intent for query in learned]
        asked, vectors = corpus.queries("test")
        self.test = {"texts": [query.text for query in asked], "vectors": vectors}
        self.test_intents = [query.intent for query in asked]


def measured(name: str, classifier: Classifier, sample: Sample, encoder: Encoder) -> dict:
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    start = time.perf_counter()
    search = GridSearchCV(classifier.make(), classifier.grid, cv=folds, n_jobs=THREADS)
    search.fit(sample.train[classifier.reads], sample.train_intents)
    seconds = time.perf_counter() - start
    model, inputs = search.best_estimator_, sample.test[classifier.reads]
    found = model.predict(inputs)
    record = {
        "engine": name,
        "title": classifier.title,
        "chosen": {key: str(value) for key, value in search.best_params_.items()},
        "accuracy": accuracy_score(sample.test_intents, found),
        "macro_f1": f1_score(sample.test_intents, found, average="macro", labels=sorted(set(sample.test_intents))),
        "train_s": seconds,
        "fit_s": search.refit_time_,
        "predict": latency(inputs, lambda one: model.predict([one])),
    }
    if classifier.reads == "texts":
        record["text"] = record["predict"]
    else:
        record["text"] = latency(sample.test["texts"], lambda text: model.predict(encoder.encode([text])))
    return record


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--onnx", type=Path, required=True)
    options = parser.parse_args()
    sample = Sample(Corpus(options.corpus))
    encoder = Encoder(options.onnx, options.model, THREADS)
    records = [measured(name, classifier, sample, encoder) for name, classifier in CLASSIFIERS.items()]
    print(json.dumps([record | {"corpus": options.corpus.name} for record in records]))


if __name__ == "__main__":
    main()
