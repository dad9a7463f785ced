//! `jieda eval intent`: how well intents are told, and what has none of them.

use std::{io::Write, path::PathBuf};

use anyhow::Context as _;
use jieda::{
    SearchMode, SharedEncoder,
    model::{IntentHead, train::INTENTS_OF_MODEL_FILE},
};
use jieda_eval::{
    intents::{self, IntentLabels, IntentReport, IntentText, Material},
    truth,
};

use super::decision::percent;
use crate::{
    args::{Common, intent::EvalIntentArgs},
    commands::train::intent::method_name,
    progress::Bar,
};

pub(crate) fn run(common: &Common, args: &EvalIntentArgs) -> anyhow::Result<()> {
    if args.train.is_empty() && !args.test.is_empty() {
        return of_model(common, args);
    }
    let options = args.method.options();
    let (material, encoder) = if args.train.is_empty() {
        of_knowledge_base(common, args)?
    } else {
        of_files(common, args)?
    };
    let mut bar = Bar::new("正在交叉验证");
    let encoder = encoder.encoder().as_ref();
    let report = intents::evaluate(
        encoder,
        &material.train,
        &material.asked,
        &options,
        &mut |done, all| bar.update(done, all),
    )?;
    drop(bar);
    show(common, &report)
}

fn show(common: &Common, report: &IntentReport) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(report)?)?;
    } else {
        print(&mut out, report)?;
    }
    Ok(())
}

/// The head that lies in the model's folder.
fn of_model(common: &Common, args: &EvalIntentArgs) -> anyhow::Result<()> {
    let config = common.config()?;
    let file = config.model_dir.join(INTENTS_OF_MODEL_FILE);
    anyhow::ensure!(
        file.is_file(),
        "{} 里没有意图分类器（{INTENTS_OF_MODEL_FILE}）：用 --train 指定学习的文本，或用 --model 指定 jieda train intent --fine-tune 写出的模型",
        config.model_dir.display()
    );
    let encoder = SharedEncoder::load(&config)?;
    let head = IntentHead::load_for(&file, encoder.encoder().id())?;
    let material = encoded(&[], &read(&args.test)?, &encoder)?;
    show(common, &intents::judge(&head, &material.asked))
}

type Prepared = (Material, SharedEncoder);

fn of_files(common: &Common, args: &EvalIntentArgs) -> anyhow::Result<Prepared> {
    let (train, test) = (read(&args.train)?, read(&args.test)?);
    let encoder = SharedEncoder::load(&common.config()?)?;
    Ok((encoded(&train, &test, &encoder)?, encoder))
}

fn encoded(
    train: &[IntentText],
    test: &[IntentText],
    encoder: &SharedEncoder,
) -> anyhow::Result<Material> {
    let mut bar = Bar::new("正在编码");
    let encoder = encoder.encoder().as_ref();
    let mut progress = |done, all| bar.update(done, all);
    Ok(Material::of_texts(train, test, encoder, &mut progress)?)
}

fn read(files: &[PathBuf]) -> anyhow::Result<Vec<IntentText>> {
    let mut texts = Vec::new();
    for file in files {
        texts.extend(intents::read_intents(file)?);
    }
    Ok(texts)
}

/// As an engine of the knowledge base would say it: by the FAQs and by the head.
fn of_knowledge_base(common: &Common, args: &EvalIntentArgs) -> anyhow::Result<Prepared> {
    let queries = args
        .queries
        .as_ref()
        .context("请用 --train 和 --test 指定标注文件，或用 --queries 指定知识库的标注问句")?;
    let searcher = common.searcher(SearchMode::Hybrid)?;
    let queries = truth::read_queries(queries, searcher.kb())?;
    let unanswerable = args.unanswerable.as_ref();
    let unanswerable = unanswerable.map(|file| truth::read_unanswerable(file));
    let labels = IntentLabels {
        queries: &queries,
        unanswerable: &unanswerable.transpose()?.unwrap_or_default(),
    };
    let config = common.config()?;
    let encoder = SharedEncoder::load(&config)?;
    let mut bar = Bar::new("正在编码");
    let material = Material::of_knowledge_base(
        &searcher,
        &config,
        encoder.encoder().as_ref(),
        labels,
        &mut |done, all| bar.update(done, all),
    )?;
    Ok((material, encoder))
}

fn print(out: &mut impl Write, r: &IntentReport) -> std::io::Result<()> {
    writeln!(
        out,
        "{} 个意图；学习 {} 条，检验 {} 条，另有 {} 条不属于任何意图",
        r.intents, r.train, r.test, r.oos
    )?;
    if r.contradictions > 0 {
        writeln!(
            out,
            "学习数据里有 {} 条文本标了不止一个意图",
            r.contradictions
        )?;
    }
    writeln!(
        out,
        "正确 {}，macro-F1 {:.3}，ECE {:.3}（{}）",
        percent(r.accuracy),
        r.macro_f1,
        r.ece,
        method_name(r.head.method)
    )?;
    if let (Some(auroc), Some(fpr)) = (r.oos_auroc, r.fpr95) {
        let kinds: Vec<String> = r
            .oos_auroc_by_kind
            .iter()
            .map(|(kind, auroc)| format!("{kind} {auroc:.3}"))
            .collect();
        writeln!(
            out,
            "范围外：AUROC {auroc:.3}（{}），放过 95% 范围内的文本时漏过 {}",
            kinds.join("，"),
            percent(fpr)
        )?;
    }
    writeln!(
        out,
        "训练 {:.2} 秒（含交叉验证），每次预测 {:.3} 毫秒（不含编码）",
        r.fit_seconds, r.predict_ms
    )
}
