//! `jieda train intent --fine-tune`: an encoder that is tuned for intents, with its head.

use std::{collections::BTreeSet, ops::ControlFlow};

use jieda::{
    locate,
    model::{
        ModelManifest,
        train::{
            INTENTS_OF_MODEL_FILE, IntentTrainEvent, IntentTrainReport, IntentTraining,
            LabelledText, Output, TrainOptions,
        },
    },
};
use jieda_eval::intents::IntentText;
use serde_json::json;

use super::{data::Reader, intent::tried, say};
use crate::{
    args::{Common, intent::TrainIntentArgs},
    commands::eval::decision::percent,
};

pub(super) fn run(
    common: &Common,
    args: &TrainIntentArgs,
    texts: &[IntentText],
) -> anyhow::Result<()> {
    use std::io::Write as _;
    let config = common.config()?;
    let reader = Reader::new()?;
    let texts: BTreeSet<LabelledText> = texts
        .iter()
        .map(|t| LabelledText {
            text: reader.normalise(&t.text),
            intent: t.intent.clone(),
        })
        .collect();
    let Some(out) = &args.out else {
        anyhow::bail!("请用 --out 指定新模型的目录");
    };
    let training = IntentTraining {
        base: config.model_dir,
        texts: texts.into_iter().collect(),
        objective: args.tuning.objective(),
        options: TrainOptions {
            device: config.model_options.device,
            ..args.tuning.options()
        },
        load: config.model_options,
        output: Output {
            dir: locate(out),
            version: args.tuning.version(),
            storage: args.tuning.storage(),
        },
    };
    say(&format!("数据：{} 条文本", training.texts.len()));
    let mut bar = crate::progress::Training::new(training.options.epochs);
    let report = training.run(&mut |event| {
        tell(&mut bar, event);
        ControlFlow::Continue(())
    });
    bar.finish();
    let report = report?;
    let mut stdout = anstream::stdout().lock();
    if common.json {
        let mut value = serde_json::to_value(&report)?;
        value["out"] = json!(training.output.dir);
        writeln!(stdout, "{value:#}")?;
    } else {
        print(&mut stdout, &training, &report)?;
    }
    anyhow::ensure!(
        report.written,
        "留出的 {} 条文本上没有超过不微调的分类器（正确 {}，微调后 {}），没有写出新模型。可以增加标注，或调整 --learning-rate、--epochs",
        report.held_out,
        percent(report.before),
        percent(report.after)
    );
    Ok(())
}

fn tell(bar: &mut crate::progress::Training, event: IntentTrainEvent) {
    match event {
        IntentTrainEvent::Started { accuracy } => {
            bar.say(&format!(
                "不微调的分类器：留出的文本正确 {}",
                percent(accuracy)
            ));
        }
        IntentTrainEvent::Step {
            epoch,
            step,
            steps,
            loss,
        } => bar.step(epoch, (step, steps), loss),
        IntentTrainEvent::Epoch(epoch) => bar.say(&format!(
            "第 {} 轮：损失 {:.3}，留出的文本正确 {}",
            epoch.epoch,
            epoch.loss,
            percent(epoch.accuracy)
        )),
    }
}

fn print(
    out: &mut impl std::io::Write,
    training: &IntentTraining,
    report: &IntentTrainReport,
) -> anyhow::Result<()> {
    writeln!(
        out,
        "学习 {} 条，留出 {} 条；取第 {} 轮。留出的文本正确：不微调 {}，微调 {}",
        report.learned,
        report.held_out,
        report.best_epoch,
        percent(report.before),
        percent(report.after)
    )?;
    writeln!(out, "留出的文本上，第一行是采用的：")?;
    write!(out, "{}", tried(&report.head))?;
    if report.written {
        let dir = &training.output.dir;
        let id = ModelManifest::load(dir)?.encoder_id()?;
        let dir = dir.display();
        writeln!(
            out,
            "模型已就绪：{dir}（{id}），意图分类器 {INTENTS_OF_MODEL_FILE} 在其中"
        )?;
        writeln!(out, "检验：jieda eval intent --model {dir} --test 文件")?;
        writeln!(
            out,
            "用于知识库：把它复制到知识库目录，改名 intents.safetensors，各命令加 --model {dir}；\
             闲聊、投诉等通用意图另需 jieda train intent --defaults --model {dir}"
        )?;
    }
    Ok(())
}
