//! Answers with variables: filled, or cut, but never sent with a hole.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

/// Where a sentence may end.
const SENTENCE_ENDS: [char; 7] = ['。', '！', '？', '；', '!', '?', '\n'];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Variable(String),
}

/// An answer as written by its author: text with `{variables}`. Names are ASCII letters, digits and
/// `_`; `{{` and `}}` stand for braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerTemplate {
    source: String,
    sentences: Vec<Vec<Piece>>,
}

impl Serialize for AnswerTemplate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

/// A filled answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What the customer reads.
    pub text: String,
    /// Variables without a value: the sentences that need them were left out.
    pub missing: Vec<String>,
}

/// Without these variables nothing of the answer is left.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct MissingVariables(pub Vec<String>);

impl fmt::Display for MissingVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer needs values for: {}", self.0.join(", "))
    }
}

impl AnswerTemplate {
    /// Parses an answer.
    ///
    /// # Errors
    /// What is wrong, in Chinese, with the position in characters from 1.
    pub fn parse(source: &str) -> Result<Self, (usize, String)> {
        let mut sentences = vec![Vec::new()];
        let mut text = String::new();
        let mut chars = source.chars().enumerate().peekable();
        while let Some((i, c)) = chars.next() {
            let doubled = chars.peek().is_some_and(|&(_, next)| next == c);
            match c {
                '{' | '}' if doubled => {
                    chars.next();
                    text.push(c);
                }
                '}' => return Err((i + 1, "多余的“}”；要显示大括号请写两个".into())),
                '{' => {
                    let mut name = String::new();
                    loop {
                        match chars.next() {
                            Some((_, '}')) => break,
                            Some((_, c)) if c.is_ascii_alphanumeric() || c == '_' => name.push(c),
                            _ => return Err((
                                i + 1,
                                "变量没有写完整，应为 {字母、数字或下划线}；要显示大括号请写两个"
                                    .into(),
                            )),
                        }
                    }
                    if name.is_empty() {
                        return Err((i + 1, "变量名是空的".into()));
                    }
                    push(&mut sentences, Piece::Text(std::mem::take(&mut text)));
                    push(&mut sentences, Piece::Variable(name));
                }
                _ => {
                    text.push(c);
                    if SENTENCE_ENDS.contains(&c) {
                        push(&mut sentences, Piece::Text(std::mem::take(&mut text)));
                        sentences.push(Vec::new());
                    }
                }
            }
        }
        push(&mut sentences, Piece::Text(text));
        sentences.retain(|pieces| !pieces.is_empty());
        Ok(Self {
            source: source.to_owned(),
            sentences,
        })
    }

    /// As its author wrote it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text without its variables, for indexing.
    #[must_use]
    pub fn plain(&self) -> String {
        self.render(|_| Some("")).text
    }

    /// Names of the variables, each once, in order.
    #[must_use]
    pub fn variables(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for piece in self.sentences.iter().flatten() {
            if let Piece::Variable(name) = piece
                && !names.contains(&name.as_str())
            {
                names.push(name.as_str());
            }
        }
        names
    }

    /// Fills in the variables from `values`, else from `defaults`; an empty value counts only among
    /// the defaults, where the author of the knowledge base means it. A sentence with a variable
    /// that neither knows is left out.
    ///
    /// # Errors
    /// [`MissingVariables`] when less than half of the answer would be left: 您好。 is no answer.
    pub fn fill(
        &self,
        values: &BTreeMap<String, String>,
        defaults: &BTreeMap<String, String>,
    ) -> Result<Answer, MissingVariables> {
        let given = |name: &str| values.get(name).filter(|value| !value.trim().is_empty());
        let answer = self.render(|name| {
            given(name)
                .or_else(|| defaults.get(name))
                .map(String::as_str)
        });
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        let enough = 2 * letters(&answer.text) >= letters(&self.plain());
        if answer.missing.is_empty() || enough {
            Ok(answer)
        } else {
            Err(MissingVariables(answer.missing))
        }
    }

    fn render<'a>(&'a self, value_of: impl Fn(&str) -> Option<&'a str>) -> Answer {
        let mut answer = Answer {
            text: String::new(),
            missing: Vec::new(),
        };
        for sentence in &self.sentences {
            let unknown: Vec<&String> = sentence
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Variable(name) if value_of(name).is_none() => Some(name),
                    _ => None,
                })
                .collect();
            if unknown.is_empty() {
                let parts = sentence.iter().map(|piece| match piece {
                    Piece::Text(text) => text.as_str(),
                    Piece::Variable(name) => value_of(name).unwrap_or(""),
                });
                join(&mut answer.text, parts);
            }
            for name in unknown {
                if !answer.missing.contains(name) {
                    answer.missing.push(name.clone());
                }
            }
        }
        answer
    }
}

/// Joins the parts of a sentence. Where a part is empty, the spaces that stood around it go too:
/// 运单 {no} 的 becomes 运单的. Between two Latin words one stays.
fn join<'a>(text: &mut String, parts: impl Iterator<Item = &'a str>) {
    let mut after_hole = false;
    for part in parts {
        if part.is_empty() {
            after_hole = true;
            continue;
        }
        if std::mem::take(&mut after_hole) {
            let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            text.truncate(text.trim_end_matches(' ').len());
            let part = part.trim_start_matches(' ');
            if latin(text.chars().next_back()) && latin(part.chars().next()) {
                text.push(' ');
            }
            text.push_str(part);
        } else {
            text.push_str(part);
        }
    }
}

fn push(sentences: &mut [Vec<Piece>], piece: Piece) {
    if let (Some(last), false) = (sentences.last_mut(), piece == Piece::Text(String::new())) {
        last.push(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|&(k, v)| (k.to_owned(), v.to_owned()))
            .collect()
    }

    fn check(template: &str, values: &[(&str, &str)], expected: Result<&str, &[&str]>) {
        let template = AnswerTemplate::parse(template).unwrap();
        let filled = template.fill(
            &map(values),
            &map(&[("hotline", "400-800-0000"), ("none", "")]),
        );
        match expected {
            Ok(text) => assert_eq!(filled.unwrap().text, text),
            Err(missing) => assert_eq!(filled.unwrap_err().0, missing),
        }
    }

    #[test]
    fn variables_are_filled_or_their_sentence_is_left_out() {
        check("拨打{hotline}。", &[], Ok("拨打400-800-0000。"));
        check("拨打{hotline}。", &[("hotline", "1")], Ok("拨打1。"));
        check(
            "网点周末休息。余额为{balance}元。请带证件",
            &[],
            Ok("网点周末休息。请带证件"),
        );
        check(
            "您好。您的订单{id}预计{day}送达。",
            &[],
            Err(&["id", "day"]),
        );
        check("您的订单{id}已发货。", &[("id", "")], Err(&["id"]));
        check("余额为{balance}元。", &[], Err(&["balance"]));
        check(
            "订单 {none} 已发货，{none}请查收",
            &[],
            Ok("订单已发货，请查收"),
        );
        check("order {none} sent", &[], Ok("order sent"));
        check("订单 {id} 已发货", &[("id", "A1")], Ok("订单 A1 已发货"));
        check("用 {{id}} 表示", &[], Ok("用 {id} 表示"));
    }

    #[test]
    fn faulty_templates_say_where() {
        assert_eq!(AnswerTemplate::parse("拨打{hot line}").unwrap_err().0, 3);
        assert_eq!(AnswerTemplate::parse("拨打{").unwrap_err().0, 3);
        assert_eq!(AnswerTemplate::parse("好}").unwrap_err().0, 2);
        assert_eq!(AnswerTemplate::parse("{}").unwrap_err().0, 1);
    }
}
