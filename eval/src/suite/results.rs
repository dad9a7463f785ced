//! What a suite found, as it is written down.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use jieda::{Faults, Problem, ProblemCode};
use serde::{Deserialize, Serialize};

use super::{
    Case, Cases, Figure, Kind, Run, Suite,
    cases::{clusters, with_cases},
    figure::rounded,
};
use crate::stats::Bootstrap;

/// The file of all figures.
const RESULTS_FILE: &str = "results.json";
/// The shape of that file.
const FORMAT: u32 = 1;

/// What a run did.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// What it was done with.
    pub engine: EngineParts,
    /// Labelled texts by what they are.
    pub counts: BTreeMap<String, usize>,
    /// What came of each.
    pub cases: Cases,
}

/// What decided, so that one can tell later why a figure is another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EngineParts {
    /// The beginning of the content hash of the knowledge base.
    pub knowledge: String,
    /// The beginning of a hash of policy, calibrators and weights, where decisions were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The encoder, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder: Option<String>,
}

/// All figures of a suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// The shape of this file.
    pub format: u32,
    /// The suite's name.
    pub suite: String,
    /// Level of the intervals.
    pub level: f64,
    /// Draws of the bootstrap that they come from.
    pub draws: usize,
    /// Run by run, in the order of the suite.
    pub runs: Vec<RunResult>,
}

/// The figures of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunResult {
    /// The run's name.
    pub name: String,
    /// What was done.
    pub kind: Kind,
    /// What it was done with.
    pub engine: EngineParts,
    /// Labelled texts by what they are.
    pub counts: BTreeMap<String, usize>,
    /// Conversations, a text on its own being one: what the bootstrap draws.
    pub clusters: usize,
    /// The figures by name.
    pub figures: BTreeMap<String, Figure>,
    /// The same for groups of cases, such as ways of speaking.
    pub groups: BTreeMap<String, Group>,
}

/// Shares and means of a group of cases, without intervals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// How many cases there are.
    pub cases: usize,
    /// By name.
    pub figures: BTreeMap<String, f64>,
}

/// Results with the cases that they were counted from.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The figures.
    pub results: Results,
    /// The cases of each run, in its order.
    pub cases: Vec<Cases>,
}

impl Recorded {
    /// Counts what the runs of a suite found, given in its order.
    #[must_use]
    pub fn of(suite: &Suite, measured: Vec<Measured>, bootstrap: &Bootstrap) -> Self {
        let runs = suite.runs.iter().zip(&measured);
        Self {
            results: Results {
                format: FORMAT,
                suite: suite.name.clone(),
                level: bootstrap.level,
                draws: bootstrap.draws,
                runs: runs
                    .map(|(run, measured)| RunResult::of(run, measured, bootstrap))
                    .collect(),
            },
            cases: measured
                .into_iter()
                .map(|measured| measured.cases)
                .collect(),
        }
    }

    /// The figures and cases of a run, by its name.
    #[must_use]
    pub fn run(&self, name: &str) -> Option<(&RunResult, &Cases)> {
        let mut runs = self.results.runs.iter().zip(&self.cases);
        runs.find(|(run, _)| run.name == name)
    }

    /// Writes `results.json`, and a CSV for each run, into a folder; CSVs of runs that stood there before and are no more
    /// are removed. Gives the files that were written.
    ///
    /// # Errors
    /// [`io::Error`] of the file system, or [`AlreadyExists`](io::ErrorKind::AlreadyExists) where the results of another
    /// suite lie there.
    pub fn write(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        fs::create_dir_all(dir)?;
        if let Ok(before) = read_results(dir) {
            if before.suite != self.results.suite {
                let message = format!("目录里是评测集 {} 的结果", before.suite);
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
            }
            let now: BTreeSet<&str> = self.results.runs.iter().map(|r| r.name.as_str()).collect();
            for run in before
                .runs
                .iter()
                .filter(|r| !now.contains(r.name.as_str()))
            {
                match fs::remove_file(csv_of(dir, &run.name)) {
                    Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                    _ => {}
                }
            }
        }
        let mut written = Vec::new();
        for (run, cases) in self.results.runs.iter().zip(&self.cases) {
            let path = csv_of(dir, &run.name);
            with_cases!(cases, cases => write_csv(&path, cases))?;
            written.push(path);
        }
        let path = dir.join(RESULTS_FILE);
        let json = serde_json::to_string_pretty(&self.results)?;
        fs::write(&path, format!("{json}\n"))?;
        written.push(path);
        Ok(written)
    }

    /// Reads what [`write`](Self::write) wrote.
    ///
    /// # Errors
    /// [`Faults`]: files that are missing, or are no results; each with its line.
    pub fn read(dir: &Path) -> Result<Self, Faults> {
        let results = read_results(dir).map_err(|problem| faults(vec![*problem]))?;
        let (mut cases, mut errors) = (Vec::new(), Vec::new());
        for run in &results.runs {
            let path = csv_of(dir, &run.name);
            match read_cases(&path, run.kind) {
                Ok(rows) => cases.push(rows),
                Err(problem) => errors.push(*problem),
            }
        }
        if errors.is_empty() {
            Ok(Self { results, cases })
        } else {
            Err(faults(errors))
        }
    }
}

impl RunResult {
    fn of(run: &Run, measured: &Measured, bootstrap: &Bootstrap) -> Self {
        with_cases!(&measured.cases, cases => Self::counted(run, measured, cases, bootstrap))
    }

    fn counted<C: Case>(
        run: &Run,
        measured: &Measured,
        cases: &[C],
        bootstrap: &Bootstrap,
    ) -> Self {
        let wanted = || C::FIGURES.iter().filter(|f| run.figures.contains(&f.name));
        let mut groups: BTreeMap<&str, Vec<&C>> = BTreeMap::new();
        for case in cases.iter().filter(|case| !case.group().is_empty()) {
            groups.entry(case.group()).or_default().push(case);
        }
        let of_group = |cases: &[&C]| Group {
            cases: cases.len(),
            figures: wanted()
                .filter(|figure| figure.of.is_additive())
                .map(|figure| (figure.name.to_owned(), figure.of.value(cases)))
                .filter(|(_, value)| !value.is_nan())
                .map(|(name, value)| (name, rounded(value)))
                .collect(),
        };
        Self {
            name: run.name.clone(),
            kind: run.work.kind(),
            engine: measured.engine.clone(),
            counts: measured.counts.clone(),
            clusters: clusters(cases).len(),
            figures: figures_of(cases, bootstrap, |name| run.figures.contains(&name))
                .into_iter()
                .map(|(name, figure)| (name.to_owned(), figure))
                .collect(),
            groups: groups
                .into_iter()
                .map(|(name, cases)| (name.to_owned(), of_group(&cases)))
                .collect(),
        }
    }
}

/// The figures of cases that are wanted, in the order in which they are shown; those that are not defined are left out.
pub(crate) fn figures_of<C: Case>(
    cases: &[C],
    bootstrap: &Bootstrap,
    wanted: impl Fn(&'static str) -> bool,
) -> Vec<(&'static str, Figure)> {
    let clusters = clusters(cases);
    C::FIGURES
        .iter()
        .filter(|figure| wanted(figure.name))
        .filter_map(|figure| Some((figure.name, figure.measure(cases, &clusters, bootstrap)?)))
        .collect()
}

fn csv_of(dir: &Path, run: &str) -> PathBuf {
    dir.join(format!("{run}.csv"))
}

fn write_csv<C: Case>(path: &Path, cases: &[C]) -> io::Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    for case in cases {
        writer.serialize(case)?;
    }
    writer.flush()
}

fn read_results(dir: &Path) -> Result<Results, Box<Problem>> {
    let path = dir.join(RESULTS_FILE);
    let text = fs::read_to_string(&path).map_err(|e| unreadable(&path, &e))?;
    let results: Results = serde_json::from_str(&text).map_err(|e| {
        Box::new(Problem {
            row: Some(e.line()),
            column: Some(e.column()),
            ..Problem::new(
                &path,
                ProblemCode::InvalidJson,
                format!("不是评测结果：{e}"),
            )
        })
    })?;
    if results.format != FORMAT {
        let message = format!("格式版本是 {}，本程序只认 {FORMAT}", results.format);
        return Err(Box::new(Problem::new(
            path,
            ProblemCode::UnknownFormat,
            message,
        )));
    }
    Ok(results)
}

fn read_cases(path: &Path, kind: Kind) -> Result<Cases, Box<Problem>> {
    Ok(match kind {
        Kind::Retrieval => Cases::Retrieval(read_csv(path)?),
        Kind::Decision => Cases::Decision(read_csv(path)?),
        Kind::Transcripts => Cases::Transcripts(read_csv(path)?),
        Kind::Intents => Cases::Intents(read_csv(path)?),
    })
}

fn read_csv<C: Case>(path: &Path) -> Result<Vec<C>, Box<Problem>> {
    let file = fs::File::open(path).map_err(|e| unreadable(path, &e))?;
    let mut reader = csv::Reader::from_reader(io::BufReader::new(file));
    reader
        .deserialize()
        .map(|row| {
            row.map_err(|e| {
                let line = e.position().and_then(|p| usize::try_from(p.line()).ok());
                Box::new(Problem {
                    row: line,
                    ..Problem::new(path, ProblemCode::InvalidRow, format!("不是评测结果：{e}"))
                })
            })
        })
        .collect()
}

fn unreadable(path: &Path, e: &io::Error) -> Box<Problem> {
    Box::new(match e.kind() {
        io::ErrorKind::NotFound => Problem::new(path, ProblemCode::MissingFile, "文件不存在")
            .suggest("先用 jieda eval run --out 写出评测结果"),
        _ => Problem::new(path, ProblemCode::Unreadable, format!("无法读取：{e}")),
    })
}

fn faults(errors: Vec<Problem>) -> Faults {
    Faults {
        errors,
        warnings: Vec::new(),
    }
}
