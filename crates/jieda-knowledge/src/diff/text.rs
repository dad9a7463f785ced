//! Differences as plain text, for a terminal.

use super::{
    Change, EntryChange, FaqChange, FaqCounts, FieldChange, FieldValue, KnowledgeDiff, Span,
    SpanKind, Summary, Value,
};

const INDENT: &str = "    ";

impl KnowledgeDiff {
    /// Plain text for people, with what was removed in 〔-…-〕 and what was added in 〔+…+〕.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut lines = vec![format!(
            "知识库对比：{} → {}",
            side(&self.old),
            side(&self.new)
        )];
        if self.is_empty() {
            lines.push("内容相同。".into());
        }
        if !self.faqs.is_empty() {
            lines.push(format!("常见问题：{}", counts(self.counts())));
        }
        for change in &self.faqs {
            lines.push(String::new());
            faq(change, &mut lines);
        }
        for (title, table) in self.tables() {
            if !table.is_empty() {
                lines.extend([String::new(), format!("{title}：")]);
                lines.extend(table.iter().map(entry));
            }
        }
        lines.join("\n") + "\n"
    }

    /// The tables beside the FAQs, with their names for people.
    pub(super) fn tables(&self) -> [(&'static str, &[EntryChange]); 4] {
        [
            ("意图", &self.intents),
            ("词典", &self.words),
            ("变量", &self.variables),
            ("设置", &self.settings),
        ]
    }
}

fn side(summary: &Summary) -> String {
    let Summary {
        name,
        faqs,
        phrasings,
    } = summary;
    format!("{}（{faqs} 条，{phrasings} 个问法）", shown(name))
}

fn counts(counts: FaqCounts) -> String {
    let parts = [
        ("新增", counts.added),
        ("删除", counts.removed),
        ("修改", counts.changed),
        ("改编号", counts.renamed),
    ];
    let parts = parts.iter().filter(|(_, n)| *n > 0);
    let parts: Vec<String> = parts.map(|(what, n)| format!("{what} {n} 条")).collect();
    parts.join("，")
}

fn faq(change: &FaqChange, lines: &mut Vec<String>) {
    let title = |what: &str, id: &str, question: &str| {
        format!("【{what}】{} {}", shown(id), shown(question))
    };
    match change {
        FaqChange::Added {
            id,
            question,
            fields,
        } => {
            lines.push(title("新增", id.as_str(), question));
            lines.extend(fields.iter().filter_map(value));
        }
        FaqChange::Removed {
            id,
            question,
            fields,
        } => {
            lines.push(title("删除", id.as_str(), question));
            lines.extend(fields.iter().filter_map(value));
        }
        FaqChange::Changed {
            id,
            question,
            fields,
        } => {
            lines.push(title("修改", id.as_str(), question));
            fields.iter().for_each(|change| field(change, lines));
        }
        FaqChange::Renamed {
            from,
            to,
            question,
            fields,
        } => {
            let ids = format!("{from} → {to}");
            lines.push(title("改编号", &ids, question));
            fields.iter().for_each(|change| field(change, lines));
        }
    }
}

/// A field of an FAQ that is new or gone. The question stands in the title already.
fn value(field: &FieldValue) -> Option<String> {
    let text = match &field.value {
        _ if field.field == "question" => return None,
        Value::Text(text) | Value::Prose(text) => shown(text),
        Value::List(items) => shown(&items.join("；")),
    };
    Some(format!("{INDENT}{}：{text}", field.label))
}

fn field(field: &FieldChange, lines: &mut Vec<String>) {
    let label = field.label;
    match &field.change {
        Change::Replaced { old, new } => {
            lines.push(format!(
                "{INDENT}{label}：{} → {}",
                or_none(old),
                or_none(new)
            ));
        }
        Change::Edited { spans } => {
            let text: String = spans.iter().map(span).collect();
            lines.push(format!("{INDENT}{label}：{}", shown(&text)));
        }
        Change::Items { added, removed } => {
            lines.push(format!("{INDENT}{label}："));
            let item = |sign: &str, item: &String| format!("{INDENT}  {sign} {}", shown(item));
            lines.extend(removed.iter().map(|text| item("-", text)));
            lines.extend(added.iter().map(|text| item("+", text)));
        }
        Change::Reordered => lines.push(format!("{INDENT}{label}：只改了顺序")),
    }
}

fn entry(change: &EntryChange) -> String {
    let with = |value: &str| {
        if value.is_empty() {
            String::new()
        } else {
            format!("：{}", shown(value))
        }
    };
    let key = shown(change.key());
    match change {
        EntryChange::Added { value, .. } => format!("{INDENT}+ {key}{}", with(value)),
        EntryChange::Removed { value, .. } => format!("{INDENT}- {key}{}", with(value)),
        EntryChange::Changed { old, new, .. } => {
            format!("{INDENT}~ {key}：{} → {}", or_none(old), or_none(new))
        }
    }
}

fn span(span: &Span) -> String {
    let text = &span.text;
    match span.kind {
        SpanKind::Same => text.clone(),
        SpanKind::Removed => format!("〔-{text}-〕"),
        SpanKind::Added => format!("〔+{text}+〕"),
    }
}

fn or_none(value: &str) -> String {
    if value.is_empty() {
        "（无）".into()
    } else {
        shown(value)
    }
}

/// Further lines are indented; characters that would steer the terminal are not.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => {
                shown.push('\n');
                shown.push_str(INDENT);
                shown.push_str(INDENT);
            }
            '\r' => {}
            c if c.is_control() => shown.push('\u{FFFD}'),
            c => shown.push(c),
        }
    }
    shown
}
