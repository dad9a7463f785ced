"""What is compared with what, and on what."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "models" / "jieda-zh-small"
# Test splits are measured on.
SAMPLES = ("ecommerce", "banking", "telecom")
# Our weights were learned on the train queries of these, which the encoder has not learned.
HELD_OUT = ("express", "healthcare", "travel")
# The sample whose speed is measured, and a knowledge base that is made up of many.
TIMED = "ecommerce"
LARGE = "10k"


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    # Of the large knowledge base; five to an FAQ.
    phrasings: int = 50_000
    # Of each way to load it.
    seconds: int = 10
    # Of a corpus, to choose a setting by.
    tuning_queries: int = 200

    @staticmethod
    def quick() -> "Plan":
        """To see that everything runs: the figures say little."""
        return Plan(phrasings=2_500, seconds=1, tuning_queries=30)


def kb(corpus: str, work: Path) -> Path:
    if corpus in SAMPLES:
        return ROOT / "kb-samples" / corpus
    return ROOT / "models" / "train-data" / corpus if corpus in HELD_OUT else work / "kb" / corpus


def queries(corpus: str, work: Path) -> Path:
    truth = ROOT / "eval" / "truth" / corpus
    return (truth if corpus in SAMPLES else kb(corpus, work)) / "queries.jsonl"
