//! Differences as Markdown, to be pasted into a review.

use super::{
    Change, EntryChange, FaqChange, FieldChange, FieldValue, KnowledgeDiff, Span, SpanKind, Value,
};

impl KnowledgeDiff {
    /// Markdown: what changed how often, then every FAQ. What was removed is in `<del>`, what was
    /// added in `<ins>`.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut lines = vec!["# 知识库对比".into(), String::new()];
        self.summary(&mut lines);
        if self.is_empty() {
            lines.extend([String::new(), "内容相同。".into()]);
        } else {
            lines.push(String::new());
            self.counts_table(&mut lines);
        }
        for section in SECTIONS {
            let of_kind = |change: &&FaqChange| section.holds(change);
            let changes: Vec<&FaqChange> = self.faqs.iter().filter(of_kind).collect();
            if !changes.is_empty() {
                let title = format!("## {}（{} 条）", section.title(), changes.len());
                lines.extend([String::new(), title]);
            }
            for change in changes {
                lines.push(String::new());
                faq(change, &mut lines);
            }
        }
        for (title, table) in self.tables() {
            if !table.is_empty() {
                lines.extend([String::new(), format!("## {title}（{} 处）", table.len())]);
                lines.push(String::new());
                lines.extend(table.iter().map(entry));
            }
        }
        lines.join("\n") + "\n"
    }

    fn summary(&self, lines: &mut Vec<String>) {
        let (old, new) = (&self.old, &self.new);
        lines.extend([
            "| | 旧 | 新 |".into(),
            "|---|---:|---:|".into(),
            format!(
                "| 知识库 | {} | {} |",
                escaped(&old.name),
                escaped(&new.name)
            ),
            format!("| 常见问题 | {} | {} |", old.faqs, new.faqs),
            format!("| 问法 | {} | {} |", old.phrasings, new.phrasings),
        ]);
    }

    fn counts_table(&self, lines: &mut Vec<String>) {
        lines.push("| 变化 | 新增 | 删除 | 修改 | 改编号 |".into());
        lines.push("|---|---:|---:|---:|---:|".into());
        let faqs = self.counts();
        lines.push(format!(
            "| 常见问题 | {} | {} | {} | {} |",
            faqs.added, faqs.removed, faqs.changed, faqs.renamed
        ));
        for (title, table) in self.tables() {
            let count = |of: fn(&EntryChange) -> bool| table.iter().filter(|&c| of(c)).count();
            lines.push(format!(
                "| {title} | {} | {} | {} | |",
                count(|c| matches!(c, EntryChange::Added { .. })),
                count(|c| matches!(c, EntryChange::Removed { .. })),
                count(|c| matches!(c, EntryChange::Changed { .. })),
            ));
        }
    }
}

/// The sections, in the order in which a reviewer reads: what is gone can hurt most.
const SECTIONS: [Section; 4] = [
    Section::Removed,
    Section::Changed,
    Section::Added,
    Section::Renamed,
];

#[derive(Clone, Copy)]
enum Section {
    Removed,
    Changed,
    Added,
    Renamed,
}

impl Section {
    fn title(self) -> &'static str {
        match self {
            Self::Removed => "删除",
            Self::Changed => "修改",
            Self::Added => "新增",
            Self::Renamed => "改编号",
        }
    }

    fn holds(self, change: &FaqChange) -> bool {
        match change {
            FaqChange::Added { .. } => matches!(self, Self::Added),
            FaqChange::Removed { .. } => matches!(self, Self::Removed),
            FaqChange::Changed { .. } => matches!(self, Self::Changed),
            FaqChange::Renamed { .. } => matches!(self, Self::Renamed),
        }
    }
}

fn faq(change: &FaqChange, lines: &mut Vec<String>) {
    let (ids, question) = match change {
        FaqChange::Added { id, question, .. }
        | FaqChange::Removed { id, question, .. }
        | FaqChange::Changed { id, question, .. } => (escaped(id.as_str()), question),
        FaqChange::Renamed {
            from, to, question, ..
        } => {
            let ids = [from, to].map(|id| escaped(id.as_str()));
            (ids.join(" → "), question)
        }
    };
    lines.push(format!("### {ids} {}", escaped(question)));
    let place = lines.len();
    match change {
        FaqChange::Added { fields, .. } | FaqChange::Removed { fields, .. } => {
            lines.extend(fields.iter().filter_map(value));
        }
        FaqChange::Changed { fields, .. } | FaqChange::Renamed { fields, .. } => {
            fields.iter().for_each(|change| field(change, lines));
        }
    }
    if lines.len() > place {
        lines.insert(place, String::new());
    }
}

/// A field of an FAQ that is new or gone. The question stands in the title already.
fn value(field: &FieldValue) -> Option<String> {
    let text = match &field.value {
        _ if field.field == "question" => return None,
        Value::Text(text) | Value::Prose(text) => escaped(text),
        Value::List(items) => escaped(&items.join("；")),
    };
    Some(format!("- **{}**：{text}", field.label))
}

fn field(field: &FieldChange, lines: &mut Vec<String>) {
    let label = field.label;
    match &field.change {
        Change::Replaced { old, new } => {
            lines.push(format!("- **{label}**：{}", replaced(old, new)));
        }
        Change::Edited { spans } => {
            let text: String = spans.iter().map(span).collect();
            lines.push(format!("- **{label}**：{text}"));
        }
        Change::Items { added, removed } => {
            lines.push(format!("- **{label}**："));
            lines.extend(removed.iter().map(|item| format!("  - {}", deleted(item))));
            lines.extend(added.iter().map(|item| format!("  - {}", inserted(item))));
        }
        Change::Reordered => lines.push(format!("- **{label}**：只改了顺序")),
    }
}

fn entry(change: &EntryChange) -> String {
    let line = |value: &str| {
        let separator = if value.is_empty() { "" } else { "：" };
        format!("{}{separator}{value}", change.key())
    };
    match change {
        EntryChange::Added { value, .. } => format!("- {}", inserted(&line(value))),
        EntryChange::Removed { value, .. } => format!("- {}", deleted(&line(value))),
        EntryChange::Changed { key, old, new } => {
            format!("- {}：{}", escaped(key), replaced(old, new))
        }
    }
}

fn span(span: &Span) -> String {
    match span.kind {
        SpanKind::Same => escaped(&span.text),
        SpanKind::Removed => deleted(&span.text),
        SpanKind::Added => inserted(&span.text),
    }
}

fn replaced(old: &str, new: &str) -> String {
    let or_none = |value: &str| {
        if value.is_empty() {
            "（无）".into()
        } else {
            escaped(value)
        }
    };
    format!("{} → {}", or_none(old), or_none(new))
}

fn deleted(text: &str) -> String {
    format!("<del>{}</del>", escaped(text))
}

fn inserted(text: &str) -> String {
    format!("<ins>{}</ins>", escaped(text))
}

/// Text as text: nothing in it is taken for Markdown or HTML, and it stays on its line.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => escaped.push_str("<br>"),
            '\r' => {}
            c if c.is_control() => escaped.push('\u{FFFD}'),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&'
            | '$' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}
