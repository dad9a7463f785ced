//! YAML as a tree of texts, each with its place.
//!
//! Read from the parser's events, so that every scalar stays as it was written (`1.10` is no number)
//! and knows its line. Aliases are refused: a few of them can unfold to any size.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

/// How deep a file may nest.
const MAX_DEPTH: usize = 32;
/// Texts of a file, and beginnings and ends of containers.
const MAX_EVENTS: usize = 2_000_000;

#[derive(Debug)]
pub(crate) struct Node {
    /// From 1.
    pub(crate) line: usize,
    /// In characters, from 1.
    pub(crate) column: usize,
    pub(crate) value: NodeValue,
}

#[derive(Debug)]
pub(crate) enum NodeValue {
    /// `null` is an empty text.
    Scalar(String),
    Sequence(Vec<Node>),
    Mapping(Vec<(Node, Node)>),
}

/// What is no YAML, in Chinese, and where.
#[derive(Debug)]
pub(crate) struct YamlError {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

/// A container that is not closed yet.
struct Open {
    start: Marker,
    is_mapping: bool,
    nodes: Vec<Node>,
}

/// The documents of a text.
pub(crate) fn parse(text: &str) -> Result<Vec<Node>, YamlError> {
    let mut documents = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for (count, event) in Parser::new_from_str(text).enumerate() {
        let (event, span) = event.map_err(|e| error(*e.marker(), e.info()))?;
        if count > MAX_EVENTS {
            return Err(error(span.start, "文件太大，请拆成几个"));
        }
        let node = match event {
            Event::Scalar(text, style, ..) => {
                let is_null =
                    style == ScalarStyle::Plain && matches!(&*text, "~" | "null" | "Null" | "NULL");
                let text = if is_null {
                    String::new()
                } else {
                    text.into_owned()
                };
                node(span.start, NodeValue::Scalar(text))
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() == MAX_DEPTH {
                    return Err(error(span.start, "嵌套太深"));
                }
                open.push(Open {
                    start: span.start,
                    is_mapping: matches!(event, Event::MappingStart(..)),
                    nodes: Vec::new(),
                });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(closed) => closed.into_node(),
                None => continue,
            },
            Event::Alias(_) => return Err(error(span.start, "不支持别名（*），请把内容写出来")),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => continue,
        };
        match open.last_mut() {
            Some(parent) => parent.nodes.push(node),
            None => documents.push(node),
        }
    }
    Ok(documents)
}

impl Open {
    fn into_node(self) -> Node {
        if !self.is_mapping {
            return node(self.start, NodeValue::Sequence(self.nodes));
        }
        let mut pairs = Vec::new();
        let mut nodes = self.nodes.into_iter();
        while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
            pairs.push((key, value));
        }
        node(self.start, NodeValue::Mapping(pairs))
    }
}

fn node(at: Marker, value: NodeValue) -> Node {
    Node {
        line: at.line(),
        column: at.col() + 1,
        value,
    }
}

fn error(at: Marker, message: &str) -> YamlError {
    YamlError {
        line: at.line(),
        column: at.col() + 1,
        message: message.to_owned(),
    }
}
