//! `jieda classify`: the intents of a text, of the knowledge base and of any conversation.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::{
    args::{ClassifyArgs, Common},
    commands::ask::print_evidence,
    json,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &ClassifyArgs) -> anyhow::Result<()> {
    let text = args.text.read()?;
    let engine = common.engine()?;
    let (mut prediction, evidence) = engine.classify_explained(&text)?;
    prediction.ranked.truncate(args.limit.into());
    let name = |id| {
        engine
            .searcher()
            .kb()
            .intent(id)
            .map_or("", |intent| intent.name.as_str())
    };
    let mut out = anstream::stdout().lock();
    if common.json {
        let intents: Vec<Value> = prediction
            .ranked
            .iter()
            .map(|s| {
                let mut value = json::intent(s);
                value["name"] = json!(name(&s.id));
                value
            })
            .collect();
        let value = json!({
            "text": text,
            "intents": intents,
            "none": prediction.none.map(json::confidence),
            "evidence": evidence.iter().map(json::intent_evidence).collect::<Vec<_>>(),
        });
        writeln!(out, "{value:#}")?;
    } else {
        let mut table = Table::new(&[
            ("概率", Align::Right),
            ("意图", Align::Left),
            ("名称", Align::Left),
        ]);
        for s in &prediction.ranked {
            let name = match name(&s.id) {
                "" => conversation_name(s.id.as_str()),
                name => name,
            };
            table.row([s.confidence.to_string(), s.id.to_string(), name.to_owned()]);
        }
        write!(out, "{}", table.render(0))?;
        if let Some(none) = prediction.none {
            writeln!(out, "不属于任何意图的可能：{none}")?;
        }
        print_evidence(&mut out, &evidence)?;
    }
    Ok(())
}

/// Intents of any conversation, in words.
fn conversation_name(id: &str) -> &'static str {
    match id {
        "smalltalk" => "闲聊",
        "thanks" => "感谢、告别",
        "human_request" => "要求人工",
        "complaint" => "投诉",
        _ => "",
    }
}
