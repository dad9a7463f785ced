//! The same texts and vectors, for rivals: JSON lines, and little-endian f32 one behind the other.

use std::{
    error::Error,
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use jieda_types::Segmenter as _;
use serde_json::{Value, json};

use crate::{
    Job,
    vectors::{Text, vector},
};

/// Writes `rows.jsonl` (an FAQ's position, a phrasing, its normalised form), `rows.f32`,
/// `queries.jsonl` and `queries.f32`.
pub(crate) fn export(job: &Job) -> Result<Value, Box<dyn Error>> {
    let mut texts = create(&job.dir.join("rows.jsonl"))?;
    let mut vectors = create(&job.dir.join("rows.f32"))?;
    for (position, faq) in job.corpus.kb.faqs.iter().enumerate() {
        for (i, text) in faq.phrasings().enumerate() {
            let row = json!({ "faq": position, "text": text });
            writeln!(texts, "{row}")?;
            write_vector(&mut vectors, vector(position, Text::Phrasing(i)).as_slice())?;
        }
    }
    let mut texts = create(&job.dir.join("queries.jsonl"))?;
    let mut vectors = create(&job.dir.join("queries.f32"))?;
    for (i, ask) in job.corpus.queries.iter().enumerate() {
        let normalized = job.segmenter.segment(&ask.text).normalized;
        writeln!(texts, "{}", json!({ "faq": ask.faq, "text": normalized }))?;
        write_vector(&mut vectors, vector(ask.faq, Text::Query(i)).as_slice())?;
    }
    Ok(json!({ "exported": job.phrasings }))
}

fn create(path: &Path) -> std::io::Result<BufWriter<File>> {
    Ok(BufWriter::new(File::create(path)?))
}

fn write_vector(out: &mut impl Write, vector: &[f32]) -> std::io::Result<()> {
    vector
        .iter()
        .try_for_each(|x| out.write_all(&x.to_le_bytes()))
}
