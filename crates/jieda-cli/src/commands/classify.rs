//! `jieda classify`: intents, by the FAQs nearest to a text.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::{
    args::{ClassifyArgs, Common},
    json,
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &ClassifyArgs) -> anyhow::Result<()> {
    let text = args.text.read()?;
    let engine = common.engine()?;
    let mut prediction = engine.classify(&text)?;
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
        writeln!(out, "{:#}", json!({ "text": text, "intents": intents }))?;
    } else {
        let mut table = Table::new(&[
            ("概率", Align::Right),
            ("意图", Align::Left),
            ("名称", Align::Left),
        ]);
        for s in &prediction.ranked {
            table.row([
                s.confidence.to_string(),
                s.id.to_string(),
                name(&s.id).to_owned(),
            ]);
        }
        write!(out, "{}", table.render(0))?;
    }
    Ok(())
}
