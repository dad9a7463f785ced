//! Suites from TOML files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jieda::{Faults, Problem, ProblemCode, SearchMode, locate};
use toml::de::DeValue;

use super::{
    Kind, Run, Suite, Tolerance, Work, figure_names,
    toml_fields::{Fields, Placed, TomlFile},
};
use crate::truth::Split;

/// Keys of the file.
const SUITE_KEYS: [&str; 3] = ["name", "tolerance", "run"];
/// Keys that every run has.
const RUN_KEYS: [&str; 4] = ["name", "kind", "kb", "metrics"];
/// The key of the tolerance of figures that are not named.
const DEFAULT: &str = "default";

impl Suite {
    /// Reads a suite. Relative paths are looked for from the working directory upwards, as those of the configuration.
    ///
    /// ```toml
    /// name = "mine"
    ///
    /// [tolerance]           # optional; how far a figure may fall in `--check`
    /// default = 0.005
    /// ece = 0.01
    ///
    /// [[run]]
    /// name = "banking-retrieval"
    /// kind = "retrieval"    # or decision, transcripts, intents
    /// kb = "kb-samples/banking"
    /// queries = "eval/truth/banking/queries.jsonl"
    /// split = "test"        # optional
    /// mode = "hybrid"       # optional; or vector, bm25
    /// metrics = ["recall@1", "mrr@10"]   # optional; all of the kind
    /// ```
    ///
    /// # Errors
    /// [`Faults`] with everything that is wrong: keys that are not known, files that are not there.
    pub fn read(path: &Path) -> Result<Self, Faults> {
        let text = fs::read_to_string(path).map_err(|e| {
            let problem = match e.kind() {
                std::io::ErrorKind::NotFound => {
                    Problem::new(path, ProblemCode::MissingFile, "文件不存在")
                }
                _ => Problem::new(path, ProblemCode::Unreadable, format!("无法读取：{e}")),
            };
            faults(vec![problem])
        })?;
        let (mut file, mut fields) = TomlFile::parse(path, &text);
        let name = file.required(&mut fields, "name");
        let tolerance = match file.table(&mut fields, "tolerance") {
            Some(table) => tolerance(&mut file, table),
            None => Tolerance::default(),
        };
        let mut runs: Vec<Run> = Vec::new();
        let tables = file.tables(&mut fields, "run");
        if tables.is_empty() {
            file.fault(0, "没有任何 [[run]]".to_owned());
        }
        for table in tables {
            let at = table.at;
            if let Some(run) = run(&mut file, table) {
                if runs.iter().any(|r| r.name == run.name) {
                    file.fault(at, format!("有两个 run 都叫 {}", run.name));
                }
                runs.push(run);
            }
        }
        file.end(fields, &SUITE_KEYS);
        let mut problems = file.problems;
        if let (Some(name), true) = (name, problems.is_empty()) {
            return Ok(Self {
                name: name.value,
                tolerance,
                runs,
            });
        }
        problems.sort_by_key(|p| (p.row, p.column));
        problems.dedup();
        Err(faults(problems))
    }
}

fn tolerance(file: &mut TomlFile<'_>, mut table: Fields<'_>) -> Tolerance {
    let known: Vec<&str> = Kind::ALL.into_iter().flat_map(figure_names).collect();
    let mut tolerance = Tolerance::default();
    for (key, field) in table.rest() {
        if key != DEFAULT && !known.contains(&key.as_str()) {
            let known = known.join("、");
            file.fault(
                field.at,
                format!("不认识的指标 {key}，可用的有 {DEFAULT}、{known}"),
            );
            continue;
        }
        let number = match &field.value {
            DeValue::Float(number) => number.as_str().parse().ok(),
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => None,
        };
        match number.filter(|n: &f64| (0.0..=1.0).contains(n)) {
            None => file.fault(field.at, format!("{key} 应当是 0 到 1 之间的数，如 0.005")),
            Some(number) if key == DEFAULT => tolerance.default = number,
            Some(number) => {
                tolerance.by_figure.insert(key, number);
            }
        }
    }
    tolerance
}

fn run<'t>(file: &mut TomlFile<'t>, mut table: Fields<'t>) -> Option<Run> {
    let name = file.required(&mut table, "name");
    if let Some(name) = &name
        && !is_file_name(&name.value)
    {
        let message = format!(
            "run 的名字 {} 要用作文件名，只能有字母、数字、- 和 _",
            name.value
        );
        file.fault(name.at, message);
    }
    let kb = file.required(&mut table, "kb");
    let kb = kb.and_then(|kb| existing(file, &kb));
    let kind = file.required(&mut table, "kind");
    let metrics = file.texts(&mut table, "metrics");
    let kind = kind.and_then(|kind| {
        let found = Kind::ALL.into_iter().find(|k| k.as_str() == kind.value);
        if found.is_none() {
            let known = Kind::ALL.map(Kind::as_str).join("、");
            file.fault(
                kind.at,
                format!("不认识的 kind {}，可用的有 {known}", kind.value),
            );
        }
        found
    })?;
    let figures = figures(file, kind, metrics);
    let (work, keys) = work(file, &mut table, kind);
    file.end(table, &[&RUN_KEYS[..], keys].concat());
    Some(Run {
        name: name?.value,
        kb: kb?,
        work: work?,
        figures,
    })
}

fn is_file_name(name: &str) -> bool {
    let fit = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    name.chars().all(fit)
}

fn figures(
    file: &mut TomlFile<'_>,
    kind: Kind,
    wanted: Option<Vec<Placed<String>>>,
) -> Vec<&'static str> {
    let known = figure_names(kind);
    let Some(wanted) = wanted else {
        return known;
    };
    for Placed { at, value } in &wanted {
        if !known.contains(&value.as_str()) {
            let kind = kind.as_str();
            let known = known.join("、");
            file.fault(*at, format!("{kind} 没有指标 {value}，可用的有 {known}"));
        }
    }
    let is_wanted = |name: &&str| wanted.iter().any(|w| w.value == *name);
    known.into_iter().filter(is_wanted).collect()
}

/// What a kind takes, and its keys; nothing where something is missing, which was told.
fn work<'t>(
    file: &mut TomlFile<'t>,
    table: &mut Fields<'t>,
    kind: Kind,
) -> (Option<Work>, &'static [&'static str]) {
    match kind {
        Kind::Retrieval => {
            let queries = needed(file, table, "queries");
            let split = parsed::<Split>(file, table, "split");
            let mode = parsed::<SearchMode>(file, table, "mode");
            let work = queries.map(|queries| Work::Retrieval {
                queries,
                split,
                mode: mode.unwrap_or(SearchMode::Hybrid),
            });
            (work, &["queries", "split", "mode"])
        }
        Kind::Decision => {
            let queries = needed(file, table, "queries");
            let unanswerable = optional(file, table, "unanswerable");
            let handoff = optional(file, table, "handoff");
            let split = parsed::<Split>(file, table, "split");
            let work = queries.map(|queries| Work::Decision {
                queries,
                unanswerable,
                handoff,
                split,
            });
            (work, &["queries", "unanswerable", "handoff", "split"])
        }
        Kind::Transcripts => {
            let transcripts = needed(file, table, "transcripts");
            let work = transcripts.map(|transcripts| Work::Transcripts { transcripts });
            (work, &["transcripts"])
        }
        Kind::Intents => {
            let queries = needed(file, table, "queries");
            let unanswerable = optional(file, table, "unanswerable");
            let work = queries.map(|queries| Work::Intents {
                queries,
                unanswerable,
            });
            (work, &["queries", "unanswerable"])
        }
    }
}

fn needed<'t>(file: &mut TomlFile<'t>, table: &mut Fields<'t>, key: &str) -> Option<PathBuf> {
    let path = file.required(table, key)?;
    existing(file, &path)
}

fn optional<'t>(file: &mut TomlFile<'t>, table: &mut Fields<'t>, key: &str) -> Option<PathBuf> {
    let path = file.text(table, key)?;
    existing(file, &path)
}

fn existing(file: &mut TomlFile<'_>, path: &Placed<String>) -> Option<PathBuf> {
    let found = locate(Path::new(&path.value));
    if found.exists() {
        return Some(found);
    }
    file.fault(path.at, format!("{} 不存在", path.value));
    None
}

fn parsed<'t, T: std::str::FromStr<Err: std::fmt::Display>>(
    file: &mut TomlFile<'t>,
    table: &mut Fields<'t>,
    key: &str,
) -> Option<T> {
    let text = file.text(table, key)?;
    match text.value.parse() {
        Ok(value) => Some(value),
        Err(e) => {
            file.fault(text.at, format!("{key} 有误：{e}"));
            None
        }
    }
}

fn faults(errors: Vec<Problem>) -> Faults {
    Faults {
        errors,
        warnings: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
