//! `jieda replay`: what would have become of recorded conversations.

mod print;
mod sides;
mod write;

use std::{
    collections::HashSet,
    io::{self, Write as _},
    time::Instant,
};

use jieda::{Engine, types::FaqId};
use jieda_eval::{
    logs::{Log, LogOptions},
    replay::{Change, RememberingEncoder, Replay, ReplayError, Spent, Watch},
};
use serde_json::{Value, json};

use crate::{
    args::{Common, replay::ReplayArgs, timestamp},
    progress::Bar,
};
use print::Names;
use sides::Sides;
use write::Folder;

pub(crate) fn run(common: &Common, args: &ReplayArgs) -> anyhow::Result<()> {
    let Sides { a, b, encoder } = Sides::open(common, args)?;
    let mut log = open_log(args, &a, b.as_ref())?;
    let folder = args.out.as_deref().map(Folder::create).transpose()?;
    let mut watching = Watching {
        bar: Bar::new("正在重放会话"),
        most: usize::from(args.limit),
        examples: Vec::new(),
        folder,
    };
    let replay = Replay {
        a: &a,
        b: b.as_ref(),
        encoder: &encoder,
        course: args.course.into(),
    };
    let started = Instant::now();
    let report = replay.run(&mut log, &mut watching).map_err(error)?;
    if args.timings {
        tell_times(&encoder, started);
    }
    let names = Names::of(&a, b.as_ref());
    let Watching {
        examples, folder, ..
    } = watching;
    let text = print::text(&report, &examples, &names);
    let mut value = serde_json::to_value(&report)?;
    value["examples"] = examples.iter().map(|change| json!(change)).collect();
    let json = pretty(&value)?;
    if let Some(folder) = folder {
        let dir = folder.publish(&text, &json)?;
        writeln!(
            anstream::stderr(),
            "已写入 {}（report.txt、report.json、changed.jsonl）",
            dir.display()
        )?;
    }
    let mut out = anstream::stdout().lock();
    out.write_all(if common.json { &json } else { &text }.as_bytes())?;
    Ok(())
}

fn open_log(args: &ReplayArgs, a: &Engine, b: Option<&Engine>) -> anyhow::Result<Log> {
    let kb = a.searcher().kb();
    let at = args
        .at
        .as_deref()
        .map(|text| timestamp(text, kb))
        .transpose()?;
    let engines = [Some(a), b].into_iter().flatten();
    // A label may name what one side alone has: that is a difference worth seeing.
    let known: HashSet<FaqId> = engines
        .flat_map(|engine| &engine.searcher().kb().faqs)
        .map(|faq| faq.id.clone())
        .collect();
    let options = LogOptions {
        format: args.format,
        timezone: kb.timezone.clone(),
        at,
        known: Some(known),
    };
    Ok(Log::open(&args.log, &options)?)
}

/// Shows progress, writes every change and keeps a few.
struct Watching {
    bar: Bar,
    most: usize,
    examples: Vec<Change>,
    folder: Option<Folder>,
}

impl Watch for Watching {
    fn progress(&mut self, done: usize, all: usize) {
        self.bar.update(done, all);
    }

    fn changed(&mut self, change: Change) -> io::Result<()> {
        if let Some(folder) = &mut self.folder {
            folder.changed(&change)?;
        }
        if self.examples.len() < self.most {
            self.examples.push(change);
        }
        Ok(())
    }
}

fn pretty(value: &Value) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// So that exit codes are told by what is inside.
fn error(error: ReplayError) -> anyhow::Error {
    match error {
        ReplayError::Log(e) => e.into(),
        ReplayError::Engine(e) => e.into(),
        ReplayError::Encoder(e) => e.into(),
        ReplayError::Output(e) => e.into(),
    }
}

/// Encoding on the way is done on several threads at once: its share of the wall-clock time is about its sum divided by
/// their number.
fn tell_times(encoder: &RememberingEncoder, started: Instant) {
    let Spent {
        ahead,
        on_the_way,
        texts_ahead,
        texts_on_the_way,
        threads,
    } = encoder.spent();
    let all = started.elapsed().as_secs_f64();
    let (ahead, on_the_way) = (ahead.as_secs_f64(), on_the_way.as_secs_f64());
    let rest = (all - ahead - on_the_way / threads as f64).max(0.0);
    // Nothing is left to do when standard error is closed.
    let _ = writeln!(
        anstream::stderr(),
        "编码：成批 {texts_ahead} 条 {ahead:.1} 秒，随对话逐条 {texts_on_the_way} 条 {on_the_way:.1} 秒（各线程合计，{threads} 线程）；其余 {rest:.1} 秒；共 {all:.1} 秒"
    );
}
