//! Changes of single FAQs, and imports.

use jieda::{Faq, Import, ImportMode, ImportReport, KnowledgeBase, Problem as FileProblem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Draft,
    draft::{FAQS_FILE, failed},
};
use crate::problem::{Problem, ProblemKind};

/// An FAQ as it is edited: a line of `faqs.jsonl`, with nothing left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FaqDoc {
    /// Its id; a new FAQ gets one.
    #[serde(default)]
    pub id: String,
    /// The intent that it belongs to.
    pub intent: String,
    /// The standard question, one line.
    pub question: String,
    /// Other ways to ask it.
    #[serde(default)]
    pub similar: Vec<String>,
    /// The answer, with `{variables}`.
    pub answer: String,
    /// Answers that are tried against it: B, C …
    #[serde(default)]
    pub variants: Vec<String>,
    /// Free labels.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Which group of agents handles it.
    #[serde(default)]
    pub skill: Option<String>,
    /// Where it is served; empty for everywhere.
    #[serde(default)]
    pub channels: Vec<String>,
    /// From when it is served, such as `2026-12-01` or `2026-12-01 08:00`.
    #[serde(default)]
    pub valid_from: Option<String>,
    /// Until when it is served.
    #[serde(default)]
    pub valid_until: Option<String>,
    /// Whether it is served at all.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Which of two equal matches comes first: the higher one.
    #[serde(default)]
    pub priority: i32,
}

fn yes() -> bool {
    true
}

impl FaqDoc {
    /// Converts an FAQ.
    #[must_use]
    pub fn of(faq: &Faq) -> Self {
        Self {
            id: faq.id.to_string(),
            intent: faq.intent.to_string(),
            question: faq.question.clone(),
            similar: faq.similar.clone(),
            answer: faq.answer.source().to_owned(),
            variants: faq.variants.iter().map(|a| a.source().to_owned()).collect(),
            tags: faq.tags.clone(),
            skill: faq.skill.clone(),
            channels: faq.channels.iter().map(ToString::to_string).collect(),
            valid_from: faq.valid_from.map(|moment| moment.to_string()),
            valid_until: faq.valid_until.map(|moment| moment.to_string()),
            enabled: faq.enabled,
            priority: faq.priority,
        }
    }

    /// What an empty field means is that there is none.
    fn tidied(mut self) -> Self {
        let some = |text: &String| !text.trim().is_empty();
        self.similar.retain(some);
        self.variants.retain(some);
        self.tags.retain(some);
        self.channels.retain(some);
        self.skill = self.skill.filter(some);
        self.valid_from = self.valid_from.filter(some);
        self.valid_until = self.valid_until.filter(some);
        self
    }
}

/// What was changed, and what is worth knowing of it.
#[derive(Debug)]
pub struct Edited {
    /// The FAQ as it is now.
    pub faq: FaqDoc,
    /// Warnings that name it.
    pub warnings: Vec<FileProblem>,
}

impl Draft {
    /// The FAQs, in the order of the file.
    ///
    /// # Errors
    /// [`Problem`].
    pub fn faqs(&self) -> Result<Vec<FaqDoc>, Problem> {
        Ok(self.load()?.faqs.iter().map(FaqDoc::of).collect())
    }

    /// Adds an FAQ under the next free id.
    ///
    /// # Errors
    /// [`ProblemKind::FaultyKnowledge`].
    pub fn add(&self, faq: FaqDoc) -> Result<Edited, Problem> {
        let mut faqs = self.faqs()?;
        let mut faq = faq.tidied();
        if faq.id.is_empty() {
            faq.id = free_id(&faqs);
        } else if faqs.iter().any(|other| other.id == faq.id) {
            return Err(Problem::field("/id", format!("编号 {} 已经有了", faq.id)));
        }
        faqs.push(faq.clone());
        self.write(&faqs, faqs.len() - 1, faq)
    }

    /// Replaces an FAQ.
    ///
    /// # Errors
    /// [`ProblemKind::NotFound`], [`ProblemKind::FaultyKnowledge`].
    pub fn put(&self, id: &str, faq: FaqDoc) -> Result<Edited, Problem> {
        let mut faqs = self.faqs()?;
        let position = position(&faqs, id)?;
        let faq = FaqDoc {
            id: id.to_owned(),
            ..faq.tidied()
        };
        faqs[position] = faq.clone();
        self.write(&faqs, position, faq)
    }

    /// Removes an FAQ.
    ///
    /// # Errors
    /// [`ProblemKind::NotFound`], [`ProblemKind::FaultyKnowledge`]: it was the last one.
    pub fn remove(&self, id: &str) -> Result<(), Problem> {
        let mut faqs = self.faqs()?;
        faqs.remove(position(&faqs, id)?);
        self.replace(FAQS_FILE, &lines(&faqs)).map(drop)
    }

    /// Adds similar questions to an FAQ; those that it has are passed over.
    ///
    /// # Errors
    /// [`ProblemKind::NotFound`], [`ProblemKind::FaultyKnowledge`].
    pub fn add_similar(&self, id: &str, texts: Vec<String>) -> Result<Edited, Problem> {
        let faqs = self.faqs()?;
        let mut faq = faqs[position(&faqs, id)?].clone();
        for text in texts {
            let text = text.trim().to_owned();
            if !text.is_empty() && text != faq.question && !faq.similar.contains(&text) {
                faq.similar.push(text);
            }
        }
        self.put(id, faq)
    }

    /// Imports a file; `apply` says whether anything is written.
    ///
    /// # Errors
    /// [`ProblemKind::FaultyKnowledge`] with every fault.
    pub fn import(&self, upload: &Upload) -> Result<ImportReport, Problem> {
        let dir = tempfile::tempdir().map_err(|e| failed(self.dir(), &e))?;
        let path = dir.path().join(&upload.name);
        std::fs::write(&path, &upload.contents).map_err(|e| failed(&path, &e))?;
        let import = Import::new().file(&path);
        let import = match upload.effect {
            Effect::Report => import.dry_run(),
            Effect::Apply => import,
        };
        let done = import.into_dir(self.dir(), upload.mode);
        let here = |problem: FileProblem| without_folder(problem, dir.path());
        match done {
            Ok(report) => Ok(ImportReport {
                warnings: report.warnings.into_iter().map(here).collect(),
                written: Vec::new(),
                ..report
            }),
            Err(faults) => Err(Problem {
                files: faults.errors.into_iter().map(here).collect(),
                ..Problem::new(ProblemKind::FaultyKnowledge, "文件有问题，没有导入")
            }),
        }
    }

    fn write(&self, faqs: &[FaqDoc], position: usize, faq: FaqDoc) -> Result<Edited, Problem> {
        let report = self
            .replace(FAQS_FILE, &lines(faqs))
            .map_err(|mut problem| {
                // Whoever edits one FAQ does not know the rows of a file.
                problem.files = problem.files.into_iter().map(by_field).collect();
                problem
            })?;
        let mine = |problem: &FileProblem| {
            problem.row == Some(position + 1)
                && problem
                    .file
                    .file_name()
                    .is_some_and(|name| name == FAQS_FILE)
        };
        Ok(Edited {
            faq,
            warnings: report
                .warnings
                .into_iter()
                .filter(mine)
                .map(by_field)
                .collect(),
        })
    }
}

/// A file to import.
#[derive(Debug)]
pub struct Upload {
    /// Its name, which tells its format.
    pub name: String,
    /// Its bytes.
    pub contents: Vec<u8>,
    /// What becomes of FAQs that it does not hold.
    pub mode: ImportMode,
    /// Whether anything is written.
    pub effect: Effect,
}

/// Whether an import writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only tells what it would do.
    Report,
    /// It does.
    Apply,
}

fn position(faqs: &[FaqDoc], id: &str) -> Result<usize, Problem> {
    let found = faqs.iter().position(|faq| faq.id == id);
    found.ok_or_else(|| Problem::not_found(format_args!("常见问题 {id}")))
}

/// One more than the highest number among ids of the commonest form.
fn free_id(faqs: &[FaqDoc]) -> String {
    let numbered = faqs.iter().filter_map(|faq| {
        let (prefix, digits) = faq.id.rsplit_once('-')?;
        Some((
            prefix,
            digits.len(),
            digits.parse::<u64>().ok()?.checked_add(1)?,
        ))
    });
    let highest = numbered.max_by_key(|&(_, _, number)| number);
    let (prefix, width, next) = highest.unwrap_or(("faq", 3, 1));
    format!("{prefix}-{next:0width$}")
}

fn lines(faqs: &[FaqDoc]) -> String {
    let lines = faqs
        .iter()
        .filter_map(|faq| serde_json::to_string(&sparse(faq)).ok());
    lines.map(|line| line + "\n").collect()
}

/// Without what says nothing, as the files of knowledge bases are written.
fn sparse(faq: &FaqDoc) -> serde_json::Value {
    let mut value = serde_json::json!(faq);
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, value| match value {
            serde_json::Value::Null => false,
            serde_json::Value::Array(list) => !list.is_empty(),
            serde_json::Value::Bool(on) => name != "enabled" || !*on,
            serde_json::Value::Number(n) => name != "priority" || n.as_i64() != Some(0),
            _ => true,
        });
    }
    value
}

fn without_folder(problem: FileProblem, dir: &std::path::Path) -> FileProblem {
    let file = problem.file.strip_prefix(dir).map(ToOwned::to_owned);
    FileProblem {
        file: file.unwrap_or_else(|_| problem.file.file_name().map(Into::into).unwrap_or_default()),
        ..problem
    }
}

fn by_field(problem: FileProblem) -> FileProblem {
    FileProblem {
        file: problem.file.file_name().map(Into::into).unwrap_or_default(),
        ..problem
    }
}

/// Finds FAQs by words in what they hold, for people who look for one.
#[must_use]
pub(crate) fn matching<'a>(kb: &'a KnowledgeBase, words: &str) -> Vec<&'a Faq> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let holds = |faq: &&Faq| {
        let text = [faq.id.as_str(), faq.question.as_str(), faq.answer.source()]
            .into_iter()
            .chain(faq.similar.iter().map(String::as_str))
            .chain(faq.tags.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join("\n")
            .to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    kb.faqs.iter().filter(holds).collect()
}
