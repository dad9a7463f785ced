//! `jieda encode`: texts to vectors, as the engine sees them.

use std::io::{BufWriter, Write as _};

use anyhow::Context as _;
use jieda::{
    EngineError, JiebaSegmenter, UserDictionary,
    model::TransformerEncoder,
    types::{Encoder as _, TextRole},
};
use serde_json::json;

use crate::args::{Common, EncodeArgs};

/// Texts that are encoded together.
const BATCH: usize = 64;

pub(crate) fn run(common: &Common, args: &EncodeArgs) -> anyhow::Result<()> {
    let mut texts = args.texts.clone();
    if let Some(file) = &args.file {
        let lines = std::fs::read_to_string(file)
            .with_context(|| format!("无法读取 {}", file.display()))?;
        texts.extend(lines.lines().map(str::to_owned));
    }
    let config = common.config()?;
    let encoder = TransformerEncoder::load_with(&config.model_dir, &config.model_options)
        .map_err(EngineError::Model)?;
    let segmenter = JiebaSegmenter::new(&UserDictionary::default())?;
    let role = if args.passage {
        TextRole::Passage
    } else {
        TextRole::Query
    };
    let mut out = BufWriter::new(anstream::stdout().lock());
    for texts in texts.chunks(BATCH) {
        let normalised: Vec<String> = texts
            .iter()
            .map(|text| segmenter.normalizer().normalize(text).text)
            .collect();
        let normalised: Vec<&str> = normalised.iter().map(String::as_str).collect();
        for (text, encoded) in texts.iter().zip(encoder.encode(&normalised, role)?) {
            let row = json!({
                "text": text,
                "vector": encoded.embedding.as_slice(),
                "tokens": encoded.tokens,
            });
            writeln!(out, "{row}")?;
        }
    }
    out.flush()?;
    Ok(())
}
