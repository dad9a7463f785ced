//! `jieda segment`: how a text is normalised and cut.

use std::io::Write as _;

use jieda::{JiebaSegmenter, KnowledgeBase, types::Segmenter as _};

use crate::{
    args::{Common, TextArgs},
    json,
};

pub(crate) fn run(common: &Common, args: &TextArgs) -> anyhow::Result<()> {
    let text = args.read()?;
    let kb = KnowledgeBase::load(&common.kb_dir())?;
    let segmenter = JiebaSegmenter::new(&kb.dictionary).map_err(jieda::EngineError::from)?;
    let segmented = segmenter.segment(&text);
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{:#}", json::segmented(&segmented))?;
    } else {
        writeln!(out, "归一化：{}", segmented.normalized)?;
        let words: Vec<&str> = segmented.tokens.iter().map(|t| t.text.as_str()).collect();
        writeln!(out, "分词：{}", words.join(" / "))?;
    }
    Ok(())
}
