//! `jieda train intent`: a head that names intents, in seconds.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use jieda::{
    INTENTS_FILE, JiebaSegmenter, KnowledgeBase, SharedEncoder, UserDictionary, locate,
    model::{Contradiction, IntentHead, IntentHeadInfo, IntentMethod, contradictions},
};
use jieda_eval::intents::{self, IntentText};
use serde_json::json;

use super::{data::labelled, fine_tune};
use crate::{
    args::{Common, intent::TrainIntentArgs},
    commands::eval::decision::percent,
    paint::{WARN, paint},
    progress::Bar,
    table::{Align, Table},
};

/// Contradictions that are shown one by one.
const SHOWN: usize = 10;

pub(super) fn run(common: &Common, args: &TrainIntentArgs) -> anyhow::Result<()> {
    let files: Vec<&Path> = common
        .data
        .as_deref()
        .into_iter()
        .chain(args.files.iter().map(PathBuf::as_path))
        .collect();
    let mut texts = Vec::new();
    for file in &files {
        anyhow::ensure!(
            !file.is_dir(),
            "{} 是文件夹：--data 在这里是标注文件，每行 {{\"text\",\"intent\"}}",
            file.display()
        );
        texts.extend(intents::read_intents(file)?);
    }
    if args.defaults {
        texts = intents::default_intents()?;
    } else if files.is_empty() || !args.log.is_empty() {
        texts.extend(of_knowledge_base(common, args)?);
    }
    if args.fine_tune {
        return fine_tune::run(common, args, &texts);
    }
    let out = out(common, args, &files)?;
    let encoder = SharedEncoder::load(&common.config()?)?;
    let segmenter = JiebaSegmenter::new(&UserDictionary::default())?;
    let mut bar = Bar::new("正在编码");
    let examples = intents::encode(
        &texts,
        &segmenter,
        encoder.encoder().as_ref(),
        &mut |done, all| bar.update(done, all),
    )?;
    drop(bar);
    let found = contradictions(&examples);
    warn(&found);
    let mut bar = Bar::new("正在交叉验证");
    let id = encoder.encoder().id().clone();
    let head = IntentHead::fit(id, &examples, &args.method.options(), &mut |done, all| {
        bar.update(done, all);
    })?;
    drop(bar);
    head.save(&out)?;
    let mut stdout = anstream::stdout().lock();
    if common.json {
        let report = json!({
            "intents": head.intents(),
            "head": head.info(),
            "contradictions": found.len(),
            "out": out,
        });
        writeln!(stdout, "{report:#}")?;
        return Ok(());
    }
    print(&mut stdout, &head)?;
    writeln!(stdout, "已写入 {}；删去这个文件即可恢复原样", out.display())?;
    Ok(())
}

/// Where the head goes: the model's folder for the intents of any conversation, else the folder of a knowledge base that was named or learned from.
fn out(common: &Common, args: &TrainIntentArgs, files: &[&Path]) -> anyhow::Result<PathBuf> {
    if let Some(out) = &args.out {
        return Ok(out.clone());
    }
    if args.defaults {
        return Ok(common.config()?.model_dir.join(INTENTS_FILE));
    }
    anyhow::ensure!(
        files.is_empty() || common.kb.is_some(),
        "请用 --out 指定写到哪里，或用 --kb 指定这些意图属于哪个知识库"
    );
    Ok(locate(&common.kb_dir()).join(INTENTS_FILE))
}

fn of_knowledge_base(common: &Common, args: &TrainIntentArgs) -> anyhow::Result<Vec<IntentText>> {
    let dir = common.kb_dir();
    let kb = KnowledgeBase::load(&dir)?;
    let queries = labelled(&dir, &kb, &args.log)?;
    let mut texts = intents::of_knowledge_base(&kb);
    texts.extend(intents::of_queries(&kb, &queries));
    Ok(texts)
}

fn warn(found: &[Contradiction]) {
    if found.is_empty() {
        return;
    }
    let mut stderr = anstream::stderr();
    let _ = writeln!(
        stderr,
        "{}有 {} 条文本标了不止一个意图，其中必有标错的，或两个意图其实是一个：",
        paint(WARN, "注意："),
        found.len()
    );
    for contradiction in found.iter().take(SHOWN) {
        let intents: Vec<&str> = contradiction.intents.iter().map(|id| id.as_str()).collect();
        let _ = writeln!(stderr, "  “{}”：{}", contradiction.text, intents.join("、"));
    }
    if found.len() > SHOWN {
        let _ = writeln!(stderr, "  …… 还有 {} 条", found.len() - SHOWN);
    }
}

/// How good each way was on texts that it had not seen, the chosen one first.
pub(super) fn tried(info: &IntentHeadInfo) -> String {
    let mut table = Table::new(&[
        ("方法", Align::Left),
        ("参数", Align::Right),
        ("正确", Align::Right),
        ("macro-F1", Align::Right),
        ("对数损失", Align::Right),
    ]);
    for (i, way) in info.tried.iter().enumerate() {
        let mut name = method_name(way.method).to_owned();
        if i == 0 && info.class_share > 0.0 {
            name += &format!(" + 一起学的分类 {}", percent(info.class_share.into()));
        }
        table.row([
            name,
            way.setting.to_string(),
            percent(way.accuracy),
            format!("{:.3}", way.macro_f1),
            format!("{:.3}", way.log_loss),
        ]);
    }
    table.render(2)
}

fn print(out: &mut impl Write, head: &IntentHead) -> std::io::Result<()> {
    let info = head.info();
    writeln!(
        out,
        "{} 个意图，{} 条文本{}",
        head.intents().len(),
        info.examples,
        match info.without {
            0 => String::new(),
            n => format!("，其中 {n} 条不属于任何意图"),
        }
    )?;
    if info.tried.is_empty() {
        writeln!(out, "每个意图的文本太少，没有做交叉验证，用最近邻")?;
        return Ok(());
    }
    writeln!(out, "交叉验证（没有学过的文本），第一行是采用的：")?;
    write!(out, "{}", tried(info))
}

pub(crate) fn method_name(method: IntentMethod) -> &'static str {
    match method {
        IntentMethod::Neighbours => "最近邻",
        IntentMethod::Linear => "线性",
        IntentMethod::Kernel => "核岭回归",
    }
}
