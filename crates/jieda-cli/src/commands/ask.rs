//! `jieda ask`: one question, one answer.

use std::io::Write;

use jieda::{
    Engine, Feature, IntentEvidence, IntentRule, Reading, Reply, Searcher,
    types::{ConversationState, Decision, Handover},
};
use jieda_server::said;

use crate::{
    args::{AskArgs, Common},
    commands::handover,
    json, paint,
    recorder::{Happened, Recorder},
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &AskArgs) -> anyhow::Result<()> {
    let text = args.text.read()?;
    let engine = common.engine()?;
    let utterance = args.answer.utterance(text);
    let occasion = args.answer.occasion.on(engine.searcher().kb())?;
    let mut conversation = args.answer.conversation("ask", &occasion);
    conversation.id = None;
    let mut recorder = match &args.store.store {
        Some(file) => Some(Recorder::open(file)?),
        None => None,
    };
    if let Some(recorder) = &mut recorder {
        conversation.id = Some(recorder.begin("ask")?.to_string());
    }
    let reply = conversation.say(&engine, &utterance, &occasion)?;
    let cases = args.answer.cases(&engine)?;
    let package = conversation.handover(&engine, cases.as_ref())?;
    let answered = Answered {
        engine: &engine,
        reply: &reply,
        state: &conversation.state,
        package: package.as_ref(),
    };
    print(common, args, &answered)?;
    let Some(mut recorder) = recorder else {
        return Ok(());
    };
    recorder.turn(
        &conversation,
        Happened {
            engine: &engine,
            event: said(&utterance, &reply),
            occasion: &occasion,
            reply: Some(&reply),
            package: package.as_ref(),
        },
    )
}

/// An answer, and what belongs to it.
struct Answered<'a> {
    engine: &'a Engine,
    reply: &'a Reply,
    state: &'a ConversationState,
    package: Option<&'a Handover>,
}

fn print(common: &Common, args: &AskArgs, answered: &Answered<'_>) -> anyhow::Result<()> {
    let Answered {
        engine,
        reply,
        state,
        package,
    } = *answered;
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{:#}", json::reply(engine, (reply, state), package))?;
        return Ok(());
    }
    writeln!(out, "{}\n", reply.text)?;
    print_decision(&mut out, reply, engine.searcher())?;
    if args.answer.explain {
        print_explanation(&mut out, reply)?;
    }
    if let Some(package) = package {
        handover::print(&mut out, package)?;
    }
    Ok(())
}

/// One line on what was decided, and why.
pub(crate) fn print_decision(
    out: &mut impl Write,
    reply: &Reply,
    searcher: &Searcher,
) -> std::io::Result<()> {
    let (style, name) = match &reply.decision {
        Decision::AutoReply { .. } => (paint::GOOD, "自动回复"),
        Decision::Clarify { .. } => (paint::WARN, "反问澄清"),
        Decision::Rephrase => (paint::WARN, "请求换个说法"),
        Decision::AskValue { .. } => (paint::WARN, "询问信息"),
        Decision::Handoff { .. } => (paint::BAD, "转人工"),
        Decision::SmallTalk { .. } => (paint::GOOD, "寒暄"),
        Decision::Silent => (paint::WARN, "人工处理中，不回复"),
    };
    let mut facts = Vec::new();
    if let Some(faq) = reply.faq.as_ref().and_then(|id| searcher.kb().faq(id)) {
        facts.push(format!("{}“{}”", faq.id, faq.question));
    }
    facts.extend(reply.variant.as_ref().map(|v| format!("答案 {}", v.label)));
    if !matches!(reply.decision, Decision::SmallTalk { .. }) {
        facts.push(format!("置信度 {}", reply.confidence));
        if let Some(top) = reply.intents.top() {
            let name = searcher
                .kb()
                .intent(&top.id)
                .map_or(top.id.as_str(), |i| i.name.as_str());
            facts.push(format!("意图 {name} {}", top.confidence));
        }
    }
    match reply.trace.reading {
        Reading::Alone => {}
        Reading::WithTopic => facts.push("结合上文".to_owned()),
        Reading::ByWords => facts.push("编码失败，只按词检索".to_owned()),
    }
    facts.push(format!("规则 {}", reply.trace.rule));
    facts.push(format!(
        "{:.0} 毫秒",
        reply.timings.total.as_secs_f64() * 1e3
    ));
    let facts = paint::paint(paint::DIM, &facts.join(" · "));
    writeln!(out, "{} {facts}", paint::paint(style, &format!("[{name}]")))
}

/// Features and best candidates.
pub(crate) fn print_explanation(out: &mut impl Write, reply: &Reply) -> std::io::Result<()> {
    writeln!(out, "\n归一化：{}", reply.trace.normalized)?;
    let words: Vec<&str> = reply.trace.tokens.iter().map(|t| t.text.as_str()).collect();
    writeln!(out, "分词：{}", words.join(" / "))?;
    print_evidence(out, &reply.trace.intent_evidence)?;
    writeln!(out, "\n候选：")?;
    let mut table = Table::new(&[
        ("编号", Align::Left),
        ("得分", Align::Right),
        ("其中来自上文", Align::Right),
        ("问题", Align::Left),
    ]);
    for c in reply.candidates.ranked.iter().take(5) {
        let context = format!("{:.2}", c.context);
        table.row([
            c.faq.to_string(),
            c.score.to_string(),
            context,
            c.question.clone(),
        ]);
    }
    write!(out, "{}", table.render(2))?;
    writeln!(out, "\n置信度的依据：")?;
    let mut table = Table::new(&[("特征", Align::Left), ("值", Align::Right)]);
    for feature in Feature::ALL {
        let value = format!("{:.3}", reply.trace.features.get(feature));
        table.row([feature_name(feature).to_owned(), value]);
    }
    write!(out, "{}", table.render(2))
}

/// Keywords and patterns of intents that had a part in it; nothing where there are none.
pub(crate) fn print_evidence(
    out: &mut impl Write,
    evidence: &[IntentEvidence],
) -> std::io::Result<()> {
    for e in evidence {
        let rule = match &e.rule {
            IntentRule::Keyword(word) => format!("关键词“{word}”"),
            IntentRule::Pattern { pattern, found } => format!("正则“{pattern}”匹配“{found}”"),
        };
        writeln!(
            out,
            "意图 {} 的{rule}：概率 {} → {}",
            e.intent, e.before, e.after
        )?;
    }
    Ok(())
}

fn feature_name(feature: Feature) -> &'static str {
    match feature {
        Feature::Score => "综合得分",
        Feature::Margin => "领先第二名",
        Feature::Crowd => "领先第三至五名",
        Feature::VectorBest => "最佳问法的余弦",
        Feature::VectorMargin => "余弦领先第二名",
        Feature::VectorAnswer => "答案的余弦（标准化）",
        Feature::VectorMean => "各问法平均余弦（标准化）",
        Feature::Words => "词语 BM25（标准化）",
        Feature::Grams => "字符 BM25（标准化）",
        Feature::Covered => "问题词语被覆盖的比例",
        Feature::Agreement => "两路检索一致",
        Feature::Intent => "所属意图的概率",
        Feature::Length => "问题长度（对数）",
    }
}
