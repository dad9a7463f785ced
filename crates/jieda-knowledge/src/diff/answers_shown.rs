//! Changed answers as text and as Markdown.

use super::{AnswerCounts, AnswerDiff, ChangedAnswer, TopAnswer, markdown::escaped, text::shown};

impl AnswerDiff {
    /// Plain text for people.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut lines = vec![format!("答案对比：{}", counts(self.counts))];
        let mut last = None;
        for answer in &self.changed {
            if last.replace(answer.change) != Some(answer.change) {
                lines.extend([String::new(), format!("【{}】", answer.change.label())]);
            }
            let ChangedAnswer { asked, .. } = answer;
            let [old, new] = [&asked.old, &asked.new].map(|top| told(top.as_ref()));
            lines.push(format!("    {}", shown(&asked.query)));
            lines.push(format!("        旧：{}", shown(&old)));
            lines.push(format!("        新：{}", shown(&new)));
        }
        lines.join("\n") + "\n"
    }

    /// Markdown: what changed how often, then every answer that changed.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let AnswerCounts {
            queries,
            same,
            lost,
            other_faq,
            other_decision,
            gained,
        } = self.counts;
        let mut lines = vec![
            "# 答案对比".into(),
            String::new(),
            "| 问句 | 不变 | 不再有答案 | 换了答案 | 处理方式变了 | 新有答案 |".into(),
            "|---:|---:|---:|---:|---:|---:|".into(),
            format!("| {queries} | {same} | {lost} | {other_faq} | {other_decision} | {gained} |"),
        ];
        if !self.changed.is_empty() {
            lines.extend([
                String::new(),
                "| 变化 | 问句 | 旧 | 新 |".into(),
                "|---|---|---|---|".into(),
            ]);
        }
        lines.extend(self.changed.iter().map(|ChangedAnswer { change, asked }| {
            let [old, new] = [&asked.old, &asked.new].map(|top| escaped(&told(top.as_ref())));
            let (change, query) = (change.label(), escaped(&asked.query));
            format!("| {change} | {query} | {old} | {new} |")
        }));
        lines.join("\n") + "\n"
    }
}

fn counts(counts: AnswerCounts) -> String {
    let parts = [
        ("不变", counts.same),
        ("不再有答案", counts.lost),
        ("换了答案", counts.other_faq),
        ("处理方式变了", counts.other_decision),
        ("新有答案", counts.gained),
    ];
    let parts = parts.iter().filter(|(_, n)| *n > 0);
    let parts: Vec<String> = parts.map(|(what, n)| format!("{what} {n}")).collect();
    format!("{} 个问句，{}", counts.queries, parts.join("，"))
}

fn told(top: Option<&TopAnswer>) -> String {
    let Some(top) = top else {
        return "（无答案）".into();
    };
    let TopAnswer {
        faq,
        question,
        score,
        decision,
    } = top;
    format!("{faq} {question}（{decision}，{score:.2}）")
}
