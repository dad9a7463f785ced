//! Retrieval: FAQs made from pairs of paraphrases.

use std::{fs, io::Write as _, path::Path};

use jieda::{EngineConfig, Faults, Searcher, SharedEncoder, read_jsonl};
use jieda_types::FaqId;
use serde::Deserialize;
use serde_json::json;

use super::{PublicError, Set, SetResult};
use crate::{retrieval, suite::RetrievalCase, truth::LabelledQuery};

/// The one intent of a knowledge base whose FAQs have none.
const INTENT: &str = "all";

#[derive(Debug, Deserialize)]
struct FaqLine {
    faq_id: String,
    question: String,
    #[serde(default)]
    similar: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct QueryLine {
    query: String,
    faq_id: FaqId,
}

pub(super) fn evaluate(
    set: Set,
    data: &Path,
    config: &EngineConfig,
    encoder: &SharedEncoder,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<SetResult, PublicError> {
    let (faqs, asked) = set.paths(data);
    let faqs: Vec<FaqLine> = faqs
        .iter()
        .map(|file| rows(file))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect();
    let queries: Vec<LabelledQuery> = rows::<QueryLine>(&asked)?
        .into_iter()
        .map(|line| LabelledQuery {
            text: line.query,
            faq: line.faq_id,
            style: None,
            split: None,
            conversation: None,
            channel: None,
        })
        .collect();
    let dir = tempfile::tempdir()?;
    write_knowledge_base(dir.path(), set, &faqs)?;
    let searcher = Searcher::open_with(config, dir.path(), encoder, &mut |step| {
        if let jieda::Progress::Encoding { done, all } = step {
            progress(done, all);
        }
    })?;
    let report = retrieval::evaluate(&searcher, &queries, progress)?;
    let cases: Vec<RetrievalCase> = queries
        .iter()
        .zip(&report.cases)
        .map(|(query, case)| RetrievalCase::of(query, case))
        .collect();
    let counts = [("faqs", faqs.len()), ("queries", cases.len())];
    Ok(SetResult::of(set, &counts, &cases))
}

/// The sets have no answers: the question stands for its own.
fn write_knowledge_base(dir: &Path, set: Set, faqs: &[FaqLine]) -> std::io::Result<()> {
    fs::write(dir.join("kb.toml"), format!("name = \"{}\"\n", set.name()))?;
    let intent = json!({ "id": INTENT, "name": INTENT });
    fs::write(dir.join("intents.jsonl"), format!("{intent}\n"))?;
    let mut file = std::io::BufWriter::new(fs::File::create(dir.join("faqs.jsonl"))?);
    for faq in faqs {
        let question = visible(&faq.question);
        let similar: Vec<String> = faq.similar.iter().map(|text| visible(text)).collect();
        let line = json!({
            "id": faq.faq_id,
            "intent": INTENT,
            "question": question,
            "similar": similar,
            // Braces would be variables.
            "answer": question.replace(['{', '}'], " "),
        });
        writeln!(file, "{line}")?;
    }
    file.flush()
}

/// Without control characters, which no knowledge base may have; some texts hold one.
fn visible(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn rows<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<T>, Faults> {
    let (rows, errors) = read_jsonl::<T>(path);
    if errors.is_empty() {
        Ok(rows.into_iter().map(|row| row.value).collect())
    } else {
        Err(Faults {
            errors,
            warnings: Vec::new(),
        })
    }
}
