//! `jieda train`: encoders of one's own.

mod adapter;
mod data;
mod fine_tune;
pub(crate) mod intent;

use std::{collections::BTreeSet, io::Write as _, ops::ControlFlow};

use jieda::{
    locate,
    model::{
        ModelManifest,
        train::{
            Distillation, Output, Purpose, Student, TrainEvent, TrainOptions, TrainReport,
            Training, TrainingSet,
        },
    },
};

use crate::{
    args::{
        Common,
        train::{DistillArgs, EncoderArgs, TrainArgs, TrainCommand},
    },
    table::{Align, Table},
};
use data::Reader;

pub(crate) fn run(common: &Common, command: &TrainCommand) -> anyhow::Result<()> {
    match command {
        TrainCommand::Encoder(args) => encoder(common, args),
        TrainCommand::Adapter(args) => adapter::run(common, args),
        TrainCommand::Intent(args) => intent::run(common, args),
        TrainCommand::Distill(args) => distill(common, args),
    }
}

fn encoder(common: &Common, args: &EncoderArgs) -> anyhow::Result<()> {
    let sets = Reader::new()?.sets(common, &args.train)?;
    train(common, &args.train, sets, None, &TrainOptions::default())
}

fn distill(common: &Common, args: &DistillArgs) -> anyhow::Result<()> {
    let reader = Reader::new()?;
    let sets = reader.sets(common, &args.train)?;
    let mut texts: BTreeSet<String> = BTreeSet::new();
    for set in sets.iter().filter(|set| set.purpose == Purpose::Train) {
        for faq in &set.faqs {
            texts.extend(faq.phrasings.iter().chain(&faq.queries).cloned());
            texts.extend(faq.with_answer.clone());
        }
    }
    for file in &args.text {
        texts.extend(reader.lines(file)?);
    }
    texts.remove("");
    let distillation = Distillation {
        student: Student {
            layers: args.layers.clone(),
        },
        texts: texts.into_iter().collect(),
    };
    train(
        common,
        &args.train,
        sets,
        Some(distillation),
        &TrainOptions::for_students(),
    )
}

fn train(
    common: &Common,
    args: &TrainArgs,
    sets: Vec<TrainingSet>,
    distillation: Option<Distillation>,
    defaults: &TrainOptions,
) -> anyhow::Result<()> {
    let config = common.config()?;
    let training = Training {
        sets,
        distillation,
        options: TrainOptions {
            device: config.model_options.device,
            ..args.options(defaults)
        },
        base: config.model_dir,
        output: Output {
            dir: locate(&args.out),
            version: args.version.clone(),
            storage: args.storage,
        },
    };
    say(&format!("数据：{}", amount(&training)));
    let mut bar = crate::progress::Training::new(training.options.epochs);
    let report = training.run(&mut |event| {
        tell(&mut bar, event);
        ControlFlow::Continue(())
    });
    bar.finish();
    let report = report?;
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&mut out, &training, &report)?;
    }
    anyhow::ensure!(
        report.written || !report.finished,
        "留出问句上没有超过原模型（recall@1 {:.3}），没有写出新模型。可以增加标注问句，或降低 --learning-rate",
        report.before
    );
    Ok(())
}

fn amount(training: &Training) -> String {
    let of = |purpose| {
        let sets = training
            .sets
            .iter()
            .filter(move |set| set.purpose == purpose);
        let faqs = sets.clone().map(|set| set.faqs.len()).sum::<usize>();
        let queries = sets
            .clone()
            .flat_map(|set| &set.faqs)
            .map(|faq| faq.queries.len());
        (sets.count(), faqs, queries.sum::<usize>())
    };
    let (kbs, faqs, queries) = of(Purpose::Train);
    let (validation, _, asked) = of(Purpose::Validate);
    let mut text = format!("{kbs} 个知识库，{faqs} 条常见问题，{queries} 条标注问句");
    if validation > 0 {
        text += &format!("；验证用 {validation} 个知识库，{asked} 条问句");
    }
    if let Some(distillation) = &training.distillation {
        text += &format!("；无标注文本 {} 条", distillation.texts.len());
    }
    text
}

fn tell(bar: &mut crate::progress::Training, event: TrainEvent) {
    match event {
        TrainEvent::Started {
            recall,
            epochs_done: 0,
        } => {
            bar.say(&format!("训练前：留出问句的 recall@1 = {recall:.3}"));
        }
        TrainEvent::Started { epochs_done, .. } => {
            bar.say(&format!("从检查点继续：已完成 {epochs_done} 轮"));
        }
        TrainEvent::Step {
            epoch,
            step,
            steps,
            loss,
            ..
        } => bar.step(epoch, (step, steps), loss),
        TrainEvent::Epoch(report) => bar.say(&format!(
            "第 {} 轮：损失 {:.3}，留出问句的 recall@1 = {:.3}",
            report.epoch, report.loss, report.recall
        )),
    }
}

/// A line for whoever waits.
fn say(text: &str) {
    // Nothing is left to do when standard error is closed.
    let _ = writeln!(anstream::stderr(), "{text}");
}

fn print(
    out: &mut impl std::io::Write,
    training: &Training,
    report: &TrainReport,
) -> anyhow::Result<()> {
    let mut table = Table::new(&[
        ("轮", Align::Right),
        ("损失", Align::Right),
        ("recall@1", Align::Right),
    ]);
    table.row(["0".into(), "-".into(), format!("{:.3}", report.before)]);
    for epoch in &report.epochs {
        table.row([
            epoch.epoch.to_string(),
            format!("{:.3}", epoch.loss),
            format!("{:.3}", epoch.recall),
        ]);
    }
    write!(out, "{}", table.render(0))?;
    if report.finished && !report.written {
        return Ok(());
    }
    if !report.finished {
        writeln!(
            out,
            "尚未训练完：再执行同一命令即可继续（检查点在 {}）",
            training.work_dir().display()
        )?;
        return Ok(());
    }
    let dir = &training.output.dir;
    let id = ModelManifest::load(dir)?.encoder_id()?;
    writeln!(
        out,
        "模型已就绪：{}（{id}），取第 {} 轮",
        dir.display(),
        report.best_epoch
    )?;
    writeln!(out, "使用：jieda --model {} ask …", dir.display())?;
    Ok(())
}
