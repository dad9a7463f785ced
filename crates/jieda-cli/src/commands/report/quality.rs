//! `jieda report`: how well customers are served, as a page.

use std::{io::Write as _, path::Path};

use jieda::{Faults, KnowledgeBase, Occasion};
use jieda_eval::{
    decision::Labelled,
    page::{Language, page},
    quality::{Role, Sample, Source, SourceFile, Times},
    transcripts::{Transcript, read_transcripts},
    truth::Split,
};

use super::{check_place, write_page};
use crate::{
    args::{Common, report::QualityArgs, timestamp, tune::read_if_given},
    progress::Bar,
};

pub(super) fn run(common: &Common, args: &QualityArgs) -> anyhow::Result<()> {
    // Not after minutes of asking.
    check_place("--out", &args.out)?;
    let engine = common.engine()?;
    let kb = engine.searcher().kb();
    let (labelled, transcripts) = read(args, kb)?;
    args.labels.check(&labelled)?;
    let source = source(common, args, &labelled, &transcripts)?;
    let occasion = match &args.at {
        None => Occasion::whenever(),
        Some(at) => Occasion::at(timestamp(at, kb)?),
    };
    let sample = Sample {
        labelled,
        transcripts,
        occasion,
        times: args.times(),
    };
    let mut bar = Bar::new("正在回答");
    let quality = sample.measure(&engine, source, &mut |done, all| bar.update(done, all))?;
    drop(bar);
    write_page(&args.out, &page(&quality, args.lang)?)?;
    if common.json {
        let mut out = anstream::stdout().lock();
        writeln!(out, "{}", serde_json::to_string_pretty(&quality)?)?;
    }
    Ok(())
}

/// All faults of all files at once.
fn read(args: &QualityArgs, kb: &KnowledgeBase) -> Result<(Labelled, Vec<Transcript>), Faults> {
    let labelled = args.labels.rows(kb, args.handoff.as_deref());
    let transcripts = read_if_given(args.transcripts.as_deref(), |path| {
        read_transcripts(path, kb)
    });
    match (labelled, transcripts) {
        (Ok(labelled), Ok(transcripts)) => Ok((labelled, transcripts)),
        (labelled, transcripts) => {
            let faults = [labelled.err(), transcripts.err()].into_iter().flatten();
            Err(Faults {
                errors: faults.flat_map(|f| f.errors).collect(),
                warnings: Vec::new(),
            })
        }
    }
}

fn source(
    common: &Common,
    args: &QualityArgs,
    labelled: &Labelled,
    transcripts: &[Transcript],
) -> anyhow::Result<Source> {
    let files = [
        (
            Role::Queries,
            Some(&args.labels.queries),
            labelled.queries.len(),
        ),
        (
            Role::Unanswerable,
            args.labels.unanswerable.as_ref(),
            labelled.unanswerable.len(),
        ),
        (Role::Handoff, args.handoff.as_ref(), labelled.handoff.len()),
        (
            Role::Transcripts,
            args.transcripts.as_ref(),
            transcripts.len(),
        ),
    ];
    let files = files
        .into_iter()
        .filter_map(|(role, path, lines)| Some(SourceFile::read(role, path?, lines)));
    Ok(Source {
        command: command(common, args),
        files: files.collect::<Result<_, _>>()?,
        split: args.labels.split,
        at: args.at.clone(),
    })
}

/// The command that gives this page again; where it is written to doesn't matter.
fn command(common: &Common, args: &QualityArgs) -> String {
    let data = common.data();
    let kb = common.kb.as_deref().filter(|_| data.is_none());
    let paths: [(&str, Option<&Path>); 8] = [
        ("--kb", kb),
        ("--data", data.as_deref()),
        ("--model", common.model.as_deref()),
        ("--config", common.config.as_deref()),
        ("--queries", Some(&args.labels.queries)),
        ("--unanswerable", args.labels.unanswerable.as_deref()),
        ("--handoff", args.handoff.as_deref()),
        ("--transcripts", args.transcripts.as_deref()),
    ];
    let mut command = String::from("jieda report");
    let mut add = |option: &str, value: &str| {
        command.push_str(&format!(" {option} {}", quoted(value)));
    };
    for (option, path) in paths {
        if let Some(path) = path {
            add(option, &path.display().to_string());
        }
    }
    match args.labels.split {
        Some(Split::Train) => add("--split", "train"),
        Some(Split::Test) => add("--split", "test"),
        None => {}
    }
    if let Some(at) = &args.at {
        add("--at", at);
    }
    if args.lang == Language::English {
        add("--lang", "en");
    }
    if args.times() == Times::Told {
        command.push_str(" --timings");
    }
    command + " --out report.html"
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_reach_the_shell_whole() {
        for (word, expected) in [
            ("eval/truth/q.jsonl", "eval/truth/q.jsonl"),
            ("我的 知识库", "'我的 知识库'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
