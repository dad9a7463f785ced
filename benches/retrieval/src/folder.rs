//! The made-up knowledge base as a folder, for whoever reads knowledge bases.

use std::{error::Error, fs, io::Write as _};

use jieda_knowledge::export_jsonl;
use serde_json::{Value, json};

use crate::Job;

/// Writes `faqs.jsonl` and `queries.jsonl`.
pub(crate) fn write(job: &Job) -> Result<Value, Box<dyn Error>> {
    let kb = &job.corpus.kb;
    export_jsonl(kb, &job.dir.join("faqs.jsonl"))?;
    let mut queries = fs::File::create(job.dir.join("queries.jsonl"))?;
    for ask in &job.corpus.queries {
        let faq = &kb.faqs[ask.faq].id;
        let line = json!({ "text": ask.text, "faq": faq, "split": "test" });
        writeln!(queries, "{line}")?;
    }
    Ok(json!({ "faqs": kb.faqs.len(), "queries": job.corpus.queries.len() }))
}
