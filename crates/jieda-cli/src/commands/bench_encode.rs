//! `jieda bench encode`: how fast the encoder is here, and how near its numbers are to f32.

use std::{
    io::Write as _,
    num::NonZeroUsize,
    path::Path,
    time::{Duration, Instant},
};

use jieda::{
    locate,
    model::{Backend, LoadOptions, Precision, TransformerEncoder},
    types::{Embedding, Encoder as _, TextRole},
};
use serde_json::json;

use crate::{
    args::{BenchEncodeArgs, Common},
    json::round_to,
    progress::Bar,
    table::{Align, Table},
};

/// Real queries that ship with the sources, of the test split.
const SHIPPED: [&str; 3] = ["ecommerce", "banking", "telecom"];
const QUERIES_OF_EACH: usize = 107;
/// Calls that are timed at least, whatever the batch.
const CALLS: usize = 20;
/// Calls before the clock starts.
const WARM_UP: usize = 20;

const WAYS: [(&str, &str, Backend, Precision); 3] = [
    ("cpu", "int8", Backend::Packed, Precision::Int8),
    ("cpu", "f32", Backend::Packed, Precision::F32),
    ("candle", "f32", Backend::Candle, Precision::F32),
];

struct Row {
    backend: &'static str,
    dtype: &'static str,
    threads: usize,
    batch: usize,
    load: Duration,
    calls: Vec<Duration>,
    cosine_min: f32,
    peak_rss_mb: Option<f64>,
}

/// Runs the command.
pub(crate) fn run(common: &Common, args: &BenchEncodeArgs) -> anyhow::Result<()> {
    let dir = common.config()?.model_dir;
    let queries = queries(args.queries.as_deref())?;
    let queries: Vec<&str> = queries.iter().map(String::as_str).collect();
    let ways: Vec<_> = WAYS
        .into_iter()
        .filter(|(backend, dtype, ..)| {
            args.only
                .as_ref()
                .is_none_or(|only| *only == format!("{backend}-{dtype}"))
        })
        .collect();
    let mut bar = Bar::new("正在测速");
    let all = ways.len() * args.threads.len() * args.batch.len();
    let mut rows = Vec::new();
    for &(backend, dtype, code, precision) in &ways {
        for &threads in &args.threads {
            let options = LoadOptions {
                backend: code,
                precision,
                threads: NonZeroUsize::new(usize::from(threads)),
                ..LoadOptions::default()
            };
            let start = Instant::now();
            let encoder =
                TransformerEncoder::load_with(&dir, &options).map_err(jieda::EngineError::Model)?;
            encoder.encode(&queries[..1], TextRole::Query)?;
            let load = start.elapsed();
            for &batch in &args.batch {
                rows.push(Row {
                    backend,
                    dtype,
                    threads: usize::from(threads),
                    batch: usize::from(batch),
                    load,
                    calls: time(&encoder, &queries, usize::from(batch))?,
                    cosine_min: 1.0,
                    peak_rss_mb: peak_rss_mb(),
                });
                bar.update(rows.len(), all);
            }
        }
    }
    compare(&mut rows, &dir, &queries)?;
    if common.json {
        print_json(&rows)
    } else {
        print_table(&rows, queries.len())
    }
}

/// Durations of calls, in the order of the texts, beginning again where too few calls are in them.
fn time(
    encoder: &TransformerEncoder,
    queries: &[&str],
    batch: usize,
) -> anyhow::Result<Vec<Duration>> {
    let texts: Vec<&str> = queries
        .iter()
        .copied()
        .cycle()
        .take(queries.len().max(batch))
        .collect();
    for texts in texts
        .chunks_exact(batch)
        .cycle()
        .take(WARM_UP.div_ceil(batch))
    {
        encoder.encode(texts, TextRole::Query)?;
    }
    let once = texts.len() / batch;
    let mut calls = Vec::new();
    for texts in texts.chunks_exact(batch).cycle().take(once.max(CALLS)) {
        let start = Instant::now();
        encoder.encode(texts, TextRole::Query)?;
        calls.push(start.elapsed());
    }
    Ok(calls)
}

/// Fills in the lowest cosine to candle's f32 vectors. The models are loaded again, after the timing:
/// the reference would take memory and caches from what is timed.
fn compare(rows: &mut [Row], dir: &Path, queries: &[&str]) -> anyhow::Result<()> {
    let vectors = |backend, precision| -> anyhow::Result<Vec<Embedding>> {
        let options = LoadOptions {
            backend,
            precision,
            ..LoadOptions::default()
        };
        let encoder =
            TransformerEncoder::load_with(dir, &options).map_err(jieda::EngineError::Model)?;
        let encoded = encoder.encode(queries, TextRole::Query)?;
        Ok(encoded.into_iter().map(|e| e.embedding).collect())
    };
    let exact = vectors(Backend::Candle, Precision::F32)?;
    for (backend, dtype, code, precision) in WAYS {
        if !rows
            .iter()
            .any(|row| (row.backend, row.dtype) == (backend, dtype))
        {
            continue;
        }
        let ours = vectors(code, precision)?;
        let lowest = exact
            .iter()
            .zip(&ours)
            .map(|(a, b)| a.cosine(b))
            .fold(1.0, f32::min);
        for row in rows
            .iter_mut()
            .filter(|row| (row.backend, row.dtype) == (backend, dtype))
        {
            row.cosine_min = lowest;
        }
    }
    Ok(())
}

/// The most memory that the process has held so far, where Linux tells. Ways run one after the other:
/// it is that of one way with `--only`.
fn peak_rss_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// The texts of a file, or those that ship.
fn queries(file: Option<&Path>) -> anyhow::Result<Vec<String>> {
    if let Some(file) = file {
        let text = std::fs::read_to_string(file)
            .map_err(|e| anyhow::anyhow!("读不了 {}：{e}", file.display()))?;
        let lines: Vec<String> = text
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .map(str::to_owned)
            .collect();
        anyhow::ensure!(!lines.is_empty(), "{} 里没有一行文字", file.display());
        return Ok(lines);
    }
    let mut sets = Vec::new();
    for kb in SHIPPED {
        let path = locate(format!("eval/truth/{kb}/queries.jsonl").as_ref());
        let text = std::fs::read_to_string(&path).map_err(|e| {
            anyhow::anyhow!(
                "读不了自带的问题 {}：{e}。请用 --queries 给一个文件，每行一个问题",
                path.display()
            )
        })?;
        let test: Vec<String> = text
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|row| row["split"] == "test")
            .filter_map(|row| row["text"].as_str().map(str::to_owned))
            .collect();
        anyhow::ensure!(
            !test.is_empty(),
            "{} 里没有 test 部分的问题",
            path.display()
        );
        sets.push(test);
    }
    // Evenly from each set, and mixed: batches hold texts of all lengths, as traffic does.
    Ok((0..QUERIES_OF_EACH)
        .flat_map(|i| {
            sets.iter()
                .filter_map(move |set| set.get(i * set.len() / QUERIES_OF_EACH))
        })
        .cloned()
        .collect())
}

impl Row {
    fn quantile(&self, q: f64) -> f64 {
        let mut sorted = self.calls.clone();
        sorted.sort();
        let at = (q * sorted.len().saturating_sub(1) as f64).round() as usize;
        sorted.get(at).map_or(0.0, ms)
    }

    fn sentences_per_second(&self) -> f64 {
        let total: Duration = self.calls.iter().sum();
        (self.calls.len() * self.batch) as f64 / total.as_secs_f64().max(1e-9)
    }
}

fn ms(duration: &Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn print_json(rows: &[Row]) -> anyhow::Result<()> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "backend": row.backend,
                "dtype": row.dtype,
                "threads": row.threads,
                "batch": row.batch,
                "p50_ms": round_to(row.quantile(0.5), 3),
                "p99_ms": round_to(row.quantile(0.99), 3),
                "sentences_per_s": round_to(row.sentences_per_second(), 1),
                "cosine_min": round_to(f64::from(row.cosine_min), 6),
                "load_ms": round_to(ms(&row.load), 1),
                "peak_rss_mb": row.peak_rss_mb.map(|mb| round_to(mb, 1)),
            })
        })
        .collect();
    writeln!(
        std::io::stdout(),
        "{}",
        serde_json::to_string_pretty(&rows)?
    )?;
    Ok(())
}

fn print_table(rows: &[Row], queries: usize) -> anyhow::Result<()> {
    let mut table = Table::new(&[
        ("后端", Align::Left),
        ("数值", Align::Left),
        ("线程", Align::Right),
        ("批量", Align::Right),
        ("p50 毫秒", Align::Right),
        ("p99 毫秒", Align::Right),
        ("句/秒", Align::Right),
        ("与 f32 的最低余弦", Align::Right),
        ("载入毫秒", Align::Right),
        ("内存峰值 MB", Align::Right),
    ]);
    for row in rows {
        table.row([
            row.backend.into(),
            row.dtype.into(),
            row.threads.to_string(),
            row.batch.to_string(),
            format!("{:.2}", row.quantile(0.5)),
            format!("{:.2}", row.quantile(0.99)),
            format!("{:.0}", row.sentences_per_second()),
            format!("{:.5}", row.cosine_min),
            format!("{:.0}", ms(&row.load)),
            row.peak_rss_mb.map_or("-".into(), |mb| format!("{mb:.0}")),
        ]);
    }
    write!(
        anstream::stdout(),
        "{queries} 个问题，含分词；每次调用一批。\n{}",
        table.render(0)
    )?;
    Ok(())
}
