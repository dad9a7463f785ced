"""The statements of `PgVectors`, at PostgreSQL alone: time, recall, and sizes, by the number of rows.

    python3 benches/vectors/pgvector.py postgres://USER@HOST:PORT/DATABASE 10000 100000

Needs psycopg and numpy, and a database that has pgvector 0.8; its tables are made in a schema of their own and dropped.
Vectors have 512 numbers and are clustered by topic and FAQ: a FAQ has five phrasings and an answer. Prints a table in
Markdown.
"""

import sys
import time

import numpy as np
import psycopg

DIMENSIONS, ROWS_A_FAQ, FAQS_A_TOPIC = 512, 6, 50
QUERIES, ROWS, RESCORED = 300, 168, 202
NEAREST = """SELECT r.faq, r.nth, (-(v.v <#> (SELECT %(q)s::real[]::vector)))::real FROM v
    JOIN r ON r.vector = v.id AND r.set_id = 1 ORDER BY v.v <#> (SELECT %(q)s::real[]::vector) LIMIT %(n)s"""
COSINES = """SELECT r.faq, r.nth, (-(v.v <#> (SELECT %(q)s::real[]::vector)))::real FROM r
    JOIN v ON v.id = r.vector WHERE r.set_id = 1 AND r.faq = ANY(%(f)s)"""


def draws(random, count, share):
    return (random.random((count, DIMENSIONS), dtype=np.float32) - 0.5) * np.float32((12 * share / DIMENSIONS) ** 0.5)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def made_up(rows):
    random = np.random.default_rng(7)
    faqs = rows // ROWS_A_FAQ
    centre = draws(random, 1, 0.3) + draws(random, faqs // FAQS_A_TOPIC + 1, 0.15)[np.arange(faqs) // FAQS_A_TOPIC]
    centre += draws(random, faqs, 0.3)
    vectors = unit(np.repeat(centre, ROWS_A_FAQ, axis=0) + draws(random, faqs * ROWS_A_FAQ, 0.25))
    asked = random.integers(0, faqs, QUERIES)
    return vectors, unit(centre[asked] + draws(random, QUERIES, 0.25))


def bring(connection, vectors):
    connection.execute(
        f"""CREATE SCHEMA bench; SET search_path = bench, public;
        CREATE TABLE v (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v vector({DIMENSIONS}) NOT NULL);
        ALTER TABLE v ALTER COLUMN v SET STORAGE PLAIN;
        CREATE TABLE r (set_id bigint, faq integer, nth integer, vector bigint, PRIMARY KEY (set_id, faq, nth))"""
    )
    with connection.cursor().copy("COPY v (v) FROM STDIN (FORMAT binary)") as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        head = (1).to_bytes(2) + (4 + 4 * DIMENSIONS).to_bytes(4) + DIMENSIONS.to_bytes(2) + bytes(2)
        for row in vectors.astype(">f4"):
            copy.write(head + row.tobytes())
        copy.write((0xFFFF).to_bytes(2))
    megabytes = min(max(len(vectors) * (DIMENSIONS * 4 + 400) // 1_000_000, 64), 4096)
    connection.execute(
        f"""INSERT INTO r SELECT 1, (id - 1) / {ROWS_A_FAQ}, (id - 1) % {ROWS_A_FAQ}, id FROM v;
        CREATE INDEX ON r (vector, set_id); SET maintenance_work_mem = '{megabytes}MB';
        CREATE INDEX near ON v USING hnsw (v vector_ip_ops); ANALYZE v; ANALYZE r"""
    )


def milliseconds(run, arguments):
    times = []
    for argument in arguments:
        since = time.perf_counter()
        run(argument)
        times.append((time.perf_counter() - since) * 1e3)
    return np.percentile(times, 50), np.percentile(times, 99)


def measure(connection, rows):
    vectors, queries = made_up(rows)
    since = time.perf_counter()
    bring(connection, vectors)
    brought = time.perf_counter() - since
    connection.execute("SET hnsw.ef_search = 400; SET hnsw.iterative_scan = relaxed_order")
    cursor = connection.cursor(binary=True)

    def nearest(query):
        return cursor.execute(NEAREST, {"q": query.tolist(), "n": ROWS}, prepare=True).fetchall()

    def cosines(query, random=np.random.default_rng(3)):
        faqs = random.choice(len(vectors) // ROWS_A_FAQ, RESCORED, replace=False)
        faqs = faqs.tolist()
        return cursor.execute(COSINES, {"q": query.tolist(), "f": faqs}, prepare=True).fetchall()

    for query in queries[:50]:
        nearest(query), cosines(query)
    found = [{row[0] for row in nearest(query)[:10]} for query in queries[:100]]
    exact = [set((np.argsort(-(vectors @ query))[:10] // ROWS_A_FAQ).tolist()) for query in queries[:100]]
    recall = np.mean([len(a & b) / len(b) for a, b in zip(found, exact)])
    near, scored = milliseconds(nearest, queries), milliseconds(cosines, queries)
    plan = cursor.execute("EXPLAIN " + NEAREST, {"q": queries[0].tolist(), "n": ROWS}).fetchall()
    graph = any("near" in row[0] for row in plan)
    size = "SELECT pg_relation_size('near') / 1e6, (pg_total_relation_size('v') + pg_total_relation_size('r')) / 1e6"
    near_mb, all_mb = connection.execute(size).fetchone()
    connection.execute("DROP SCHEMA bench CASCADE")
    print(
        f"| {rows:,} | {'graph' if graph else 'scan'} | {near[0]:.1f} / {near[1]:.1f} | {scored[0]:.1f} / {scored[1]:.1f} "
        f"| {recall:.4f} | {brought:.0f} | {near_mb:.0f} | {all_mb:.0f} |",
        flush=True,
    )


def main():
    print("| rows | plan | nearest 168 rows: p50 / p99 ms | cosines of 202 FAQs: p50 / p99 ms | recall of the 10 nearest rows' FAQs | brought in s | graph MB | all MB |")
    print("|---|---|---|---|---|---|---|---|")
    with psycopg.connect(sys.argv[1], autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        for rows in sys.argv[2:]:
            measure(connection, int(rows))


if __name__ == "__main__":
    main()
