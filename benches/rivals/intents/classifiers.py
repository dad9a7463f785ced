"""What scikit-learn has for naming intents, with the parameters that cross-validation chooses from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC


@dataclass(frozen=True)
class Classifier:
    title: str
    # "vectors" or "texts".
    reads: str
    make: Callable[[], BaseEstimator]
    grid: dict[str, list[Any]] = field(default_factory=dict)


CLASSIFIERS = {
    "logistic": Classifier(
        "logistic regression on vectors",
        "vectors",
        lambda: LogisticRegression(max_iter=2000),
        {"C": [1, 10, 30, 100, 300]},
    ),
    "neighbours": Classifier(
        "nearest neighbours on vectors",
        "vectors",
        lambda: KNeighborsClassifier(metric="cosine", weights="distance"),
        {"n_neighbors": [1, 3, 5, 10]},
    ),
    "svm": Classifier(
        "SVM (RBF kernel) on vectors",
        "vectors",
        lambda: SVC(kernel="rbf"),
        {"C": [1, 3, 10], "gamma": [0.5, 1, 2, 4]},
    ),
    "tfidf": Classifier(
        "TF-IDF of characters + linear SVM",
        "texts",
        lambda: make_pipeline(TfidfVectorizer(analyzer="char", sublinear_tf=True), LinearSVC()),
        {"tfidfvectorizer__ngram_range": [(1, 2), (1, 3)], "linearsvc__C": [0.3, 1, 3, 10]},
    ),
}
