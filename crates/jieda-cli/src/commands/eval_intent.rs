//! `jieda eval intent`: how well intents are told, and what has none of them.

use std::{io::Write, path::PathBuf};

use anyhow::Context as _;
use jieda::{JiebaSegmenter, KnowledgeBase, SharedEncoder, UserDictionary, model::IntentExample};
use jieda_eval::{
    intents::{self, IntentReport, IntentText},
    truth::{self, Split},
};

use super::{eval_decision::percent, train::intent::method_name};
use crate::{
    args::{Common, intent::EvalIntentArgs},
    progress::Bar,
};

pub(crate) fn run(common: &Common, args: &EvalIntentArgs) -> anyhow::Result<()> {
    let (train, test) = if args.train.is_empty() {
        of_knowledge_base(common, args)?
    } else {
        (read(&args.train)?, read(&args.test)?)
    };
    let encoder = SharedEncoder::load(&common.config()?)?;
    let encoder = encoder.encoder();
    let segmenter = JiebaSegmenter::new(&UserDictionary::default())?;
    let mut bar = Bar::new("正在编码");
    let mut encode = |texts: &[IntentText]| {
        intents::encode(texts, &segmenter, encoder.as_ref(), &mut |done, all| {
            bar.update(done, all);
        })
    };
    let train = encode(&train)?;
    // Kinds are asked apart, so that each text keeps its own.
    let kinds: std::collections::BTreeSet<Option<String>> =
        test.iter().map(|t| t.kind.clone()).collect();
    let mut asked: Vec<(IntentExample, Option<String>)> = Vec::new();
    for kind in kinds {
        let texts: Vec<IntentText> = test.iter().filter(|t| t.kind == kind).cloned().collect();
        let examples = encode(&texts)?.into_iter();
        asked.extend(examples.map(|example| (example, kind.clone())));
    }
    drop(bar);
    let mut bar = Bar::new("正在交叉验证");
    let report = intents::evaluate(
        encoder.as_ref(),
        &train,
        &asked,
        &args.method.options(),
        &mut |done, all| bar.update(done, all),
    )?;
    drop(bar);
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&mut out, &report)?;
    }
    Ok(())
}

fn read(files: &[PathBuf]) -> anyhow::Result<Vec<IntentText>> {
    let mut texts = Vec::new();
    for file in files {
        texts.extend(intents::read_intents(file)?);
    }
    Ok(texts)
}

fn of_knowledge_base(
    common: &Common,
    args: &EvalIntentArgs,
) -> anyhow::Result<(Vec<IntentText>, Vec<IntentText>)> {
    let queries = args
        .queries
        .as_ref()
        .context("请用 --train 和 --test 指定标注文件，或用 --queries 指定知识库的标注问句")?;
    let kb = KnowledgeBase::load(&common.kb_dir())?;
    let queries = truth::read_queries(queries, &kb)?;
    let (train, test): (Vec<_>, Vec<_>) = queries
        .into_iter()
        .partition(|q| q.split != Some(Split::Test));
    let mut learned = intents::of_knowledge_base(&kb);
    learned.extend(intents::of_queries(&kb, &train));
    let mut asked = intents::of_queries(&kb, &test);
    if let Some(file) = &args.unanswerable {
        let mut unanswerable = truth::read_unanswerable(file)?;
        unanswerable.retain(|q| q.split == Some(Split::Test));
        asked.extend(intents::of_unanswerable(&unanswerable));
    }
    Ok((learned, asked))
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
