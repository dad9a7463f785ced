"""What `python -m compare` measured, looked up."""

from dataclasses import dataclass

from compare.plan import SAMPLES

TITLES = {
    "jieda": "**jieda**",
    "milvus": "milvus-lite",
    "lance": "LanceDB",
    "postgres": "PostgreSQL + pgvector",
    "glue": "bm25s + jieba + numpy",
}
CHOICES = ("held-out", "own")


@dataclass(frozen=True)
class Found:
    """The quality on each sample, with the settings of one choice."""

    chosen_on: str
    samples: list[dict]


class Results:
    def __init__(self, found: dict):
        self.found = found

    @property
    def large_faqs(self) -> int:
        return self.found["plan"]["phrasings"] // 5

    @property
    def large_title(self) -> str:
        return f"{self.large_faqs:,} FAQs"

    def answers(self, engine: str, corpus: str, way: str, chosen_on: str) -> dict | None:
        wanted = {"engine": engine, "corpus": corpus, "way": way}
        # We have one setting.
        if engine != "jieda":
            wanted["chosen_on"] = chosen_on
        return _first(self.found["faq"], wanted)

    def build(self, engine: str, corpus: str, way: str) -> dict | None:
        return _first(self.found["build"], {"engine": engine, "corpus": corpus, "way": way})

    def samples(self, engine: str, way: str, chosen_on: str) -> Found | None:
        rows = [self.answers(engine, corpus, way, chosen_on) for corpus in SAMPLES]
        return Found(chosen_on, [row["quality"] for row in rows if row]) if all(rows) else None

    def best_samples(self, engine: str) -> Found | None:
        """With the choice of settings that did better here, which favours a rival."""
        choices = [self.samples(engine, "index", on) for on in CHOICES]
        return max((c for c in choices if c), key=lambda c: mean(c.samples, "recall_at_1"), default=None)

    def engines(self) -> list[str]:
        return [name for name in TITLES if any(row["engine"] == name for row in self.found["faq"])]


def _first(rows: list[dict], wanted: dict) -> dict | None:
    return next((row for row in rows if all(row.get(key) == value for key, value in wanted.items())), None)


def mean(rows: list[dict], field: str) -> float:
    return sum(row[field] for row in rows) / len(rows)


def best_load(row: dict) -> dict:
    return max(row["load"], key=lambda load: load["qps"])
