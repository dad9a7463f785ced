"""What a rival is to the scripts that measure it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

from shared.corpus import Corpus, Row, Vectors

# Rows that each retriever gives to the fusion: ten FAQs of five rows.
ROWS = 50
# FAQs that are asked for.
LIMIT = 10
# HNSW, for all who have it.
M, EF_CONSTRUCTION, EF = 16, 200, 128

# What a row is: its phrasing alone; the same, and one more row of question and answer; the vectors of the latter, with
# the text of the whole FAQ beside each.
LAYOUTS = ("phrasings", "answers", "whole")


@dataclass(frozen=True)
class Fusion:
    """How two rankings become one: by reciprocal ranks (`k`), or by scores; `weight` is that of the vectors."""

    kind: str
    k: int | None = None
    weight: float | None = None


@dataclass(frozen=True)
class Setting:
    """What a user may choose, and what is chosen on queries to learn from."""

    layout: str
    fusion: Fusion

    @staticmethod
    def of(record: dict) -> "Setting":
        return Setting(record["layout"], Fusion(**record["fusion"]))

    def record(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class Table:
    """Rows as they are stored."""

    faqs: list[str]
    texts: list[str]
    vectors: Vectors
    dictionary: Path | None

    @staticmethod
    def of(corpus: Corpus, layout: str, encoder: str = "") -> "Table":
        rows = corpus.rows()
        kept = [i for i, row in enumerate(rows) if layout != "phrasings" or row.kind == "phrasing"]
        whole = _whole(rows) if layout == "whole" else {}
        return Table(
            faqs=[rows[i].faq for i in kept],
            texts=[whole.get(rows[i].faq, rows[i].text) for i in kept],
            vectors=corpus.row_vectors(encoder)[kept],
            dictionary=corpus.dictionary,
        )


def _whole(rows: Iterable[Row]) -> dict[str, str]:
    """Everything that an FAQ says. The row of the answer begins with the question, which is the first phrasing."""
    texts: dict[str, list[str]] = {}
    for row in rows:
        texts.setdefault(row.faq, []).append(row.text)
    return {faq: "\n".join([*all_of_it[1:-1], all_of_it[-1]]) for faq, all_of_it in texts.items()}


class Session(ABC):
    """One caller's connection."""

    @abstractmethod
    def search(self, text: str, vector: Vectors, fusion: Fusion) -> list[str]:
        """At most `LIMIT` FAQs, best first."""


class Engine(ABC):
    """A rival over the files of one folder."""

    # Ways to fuse that are tried on queries to learn from.
    FUSIONS: ClassVar[tuple[Fusion, ...]]
    # Whether rows can be added to what was built; else it is built anew.
    ADDS: ClassVar[bool] = True
    # Whether several processes can search the same files.
    SHARED_FILES: ClassVar[bool] = True

    def __init__(self, folder: Path):
        self.folder = folder

    def prepare(self, table: Table) -> None:  # noqa: B027
        """Starts and loads what would be there already where it is used: a server, a dictionary."""

    @abstractmethod
    def build(self, table: Table) -> None:
        """Makes files in the folder, which is empty."""

    @abstractmethod
    def open(self) -> None:
        """Over files that were built."""

    @abstractmethod
    def session(self) -> Session:
        """For one thread."""

    def add(self, table: Table) -> None:
        """Puts rows into what was opened."""
        raise NotImplementedError

    def servers(self) -> list[int]:
        """Processes that work for it and were not started below this one."""
        return []

    def close(self) -> None:  # noqa: B027
        """Ends what was started."""


def first_of_each(faqs: Iterable[str]) -> list[str]:
    """FAQs in the order of their best rows."""
    return list(dict.fromkeys(faqs))[:LIMIT]


def weights(kind: str, values: Sequence[float], ks: Sequence[int | None] = (None,)) -> tuple[Fusion, ...]:
    return tuple(Fusion(kind, k, weight) for k in ks for weight in values)
