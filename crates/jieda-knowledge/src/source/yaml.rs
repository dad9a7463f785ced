//! FAQs in YAML: a list of mappings, or a mapping with the lists `faqs` and `intents`. Keys may be
//! the names of columns, in Chinese or English.

use super::{
    Source,
    columns::{Column, IntentField, column_of, fold_header, intent_field_of},
    decode::read_text,
    record::{Cell, FaqRecord, IntentRecord},
    split::{split_labels, split_lines, split_questions},
    yaml_tree::{Node, NodeValue, parse},
};
use crate::{FaqField, Problem, ProblemCode, place::Place};

/// Reads a YAML file.
pub(crate) fn read(place: &Place, source: &mut Source) {
    let Some(text) = read_text(place, &mut source.problems) else {
        return;
    };
    match parse(&text) {
        Ok(documents) => {
            let mut reader = YamlReader { place, source };
            documents
                .iter()
                .for_each(|document| reader.document(document));
        }
        Err(e) => {
            let place = place.row(e.line).column(e.column);
            let message = format!("不是合法的 YAML：{}", e.message);
            let problem = place.problem(ProblemCode::InvalidYaml, message);
            source.problems.push(problem);
        }
    }
}

struct YamlReader<'a> {
    place: &'a Place,
    source: &'a mut Source,
}

impl YamlReader<'_> {
    fn document(&mut self, node: &Node) {
        match &node.value {
            NodeValue::Sequence(_) => self.list(node, Self::faq),
            NodeValue::Mapping(pairs) => {
                for (key, value) in pairs {
                    match scalar(key).map(fold_header).as_deref() {
                        Some("faqs" | "常见问题" | "问题") => self.list(value, Self::faq),
                        Some("intents" | "意图") => self.list(value, Self::intent),
                        _ => self.unknown_key(key),
                    }
                }
            }
            NodeValue::Scalar(text) if text.is_empty() => {}
            NodeValue::Scalar(_) => self.wrong_shape(node, "应当是一个列表，每条以“- ”开头"),
        }
    }

    fn list(&mut self, node: &Node, mut read: impl FnMut(&mut Self, &Node, &[(Node, Node)])) {
        let items = match &node.value {
            NodeValue::Sequence(items) => items,
            NodeValue::Scalar(text) if text.is_empty() => return,
            _ => return self.wrong_shape(node, "应当是一个列表，每条以“- ”开头"),
        };
        for item in items {
            match &item.value {
                NodeValue::Mapping(pairs) => read(self, item, pairs),
                _ => self.wrong_shape(item, "这一条应当写成“键: 值”"),
            }
        }
    }

    fn faq(&mut self, node: &Node, pairs: &[(Node, Node)]) {
        let mut record = FaqRecord::whole(self.at(node));
        for (key, value) in pairs {
            let name = scalar(key).unwrap_or_default();
            match column_of(name).map(|named| named.column) {
                Some(Column::Field(field)) => self.field(&mut record, field, name, value),
                Some(Column::Ignored) => {}
                None => self.unknown_key(key),
            }
        }
        self.source.faqs.push(record);
    }

    fn field(&mut self, record: &mut FaqRecord, field: FaqField, name: &str, value: &Node) {
        let place = self.at(value).field(name);
        let is_list = matches!(
            field,
            FaqField::Similar | FaqField::Variants | FaqField::Tags | FaqField::Channels
        );
        match &value.value {
            NodeValue::Scalar(text) if is_list => {
                let texts = match field {
                    FaqField::Similar => split_questions(text),
                    // An answer may hold any mark.
                    FaqField::Variants => vec![text.clone()],
                    _ => split_labels(text),
                };
                for text in texts {
                    let cell = Cell::new(&text, place.clone(), &mut self.source.problems);
                    record.set(field, cell);
                }
            }
            NodeValue::Scalar(text) => {
                record.set(field, Cell::new(text, place, &mut self.source.problems));
            }
            NodeValue::Sequence(items) if is_list => {
                for item in items {
                    let place = self.at(item).field(name);
                    let cell = match scalar(item) {
                        Some(text) => Cell::new(text, place, &mut self.source.problems),
                        None => {
                            self.wrong_shape(item, "应当是一段文字；以 { 或 [ 开头的文字请加引号");
                            Cell::faulty(place)
                        }
                    };
                    record.set(field, cell);
                }
            }
            NodeValue::Sequence(_) | NodeValue::Mapping(_) => {
                let problem = place.problem(ProblemCode::InvalidYaml, "应当是一段文字");
                let problem = problem.suggest("以 { 或 [ 开头的文字请加引号");
                self.source.problems.push(problem);
                record.set(field, Cell::faulty(place));
            }
        }
    }

    fn intent(&mut self, node: &Node, pairs: &[(Node, Node)]) {
        let place = self.at(node);
        let (mut id, mut name, mut description) = (None, None, String::new());
        let (mut keywords, mut patterns) = (Vec::new(), Vec::new());
        for (key, value) in pairs {
            let Some(field) = scalar(key).and_then(intent_field_of) else {
                self.unknown_key(key);
                continue;
            };
            let header = scalar(key).unwrap_or_default();
            match field {
                IntentField::Keywords => {
                    keywords = self.texts(header, value, split_labels);
                    continue;
                }
                IntentField::Patterns => {
                    patterns = self.texts(header, value, split_lines);
                    continue;
                }
                IntentField::Id | IntentField::Name | IntentField::Description => {}
            }
            let Some(text) = scalar(value) else {
                self.wrong_shape(value, "应当是一段文字");
                continue;
            };
            match field {
                IntentField::Id | IntentField::Name => {
                    let place = self.at(value).field(header);
                    let cell = Cell::new(text, place, &mut self.source.problems);
                    *(if field == IntentField::Id {
                        &mut id
                    } else {
                        &mut name
                    }) = Some(cell);
                }
                _ => text.trim().clone_into(&mut description),
            }
        }
        let name = name
            .or_else(|| id.clone())
            .unwrap_or_else(|| Cell::empty(place));
        self.source.intents.push(IntentRecord {
            id: id.unwrap_or_else(|| name.clone()),
            name,
            description,
            keywords: Some(keywords),
            patterns: Some(patterns),
        });
    }

    /// Several texts: a list, or one text that is split.
    fn texts(&mut self, name: &str, value: &Node, split: fn(&str) -> Vec<String>) -> Vec<Cell> {
        let items = match &value.value {
            NodeValue::Scalar(text) => {
                let place = self.at(value).field(name);
                let problems = &mut self.source.problems;
                let cells = split(text)
                    .into_iter()
                    .map(|text| Cell::new(&text, place.clone(), problems));
                return cells.collect();
            }
            NodeValue::Sequence(items) => items,
            NodeValue::Mapping(_) => {
                self.wrong_shape(value, "应当是一个列表，每条以“- ”开头");
                return Vec::new();
            }
        };
        let mut cells = Vec::new();
        for item in items {
            match scalar(item) {
                Some(text) => {
                    let place = self.at(item).field(name);
                    cells.push(Cell::new(text, place, &mut self.source.problems));
                }
                None => self.wrong_shape(item, "应当是一段文字；以 { 或 [ 开头的文字请加引号"),
            }
        }
        cells
    }

    fn at(&self, node: &Node) -> Place {
        self.place.row(node.line).column(node.column)
    }

    fn unknown_key(&mut self, key: &Node) {
        let name = scalar(key).unwrap_or_default();
        let place = self.at(key).field(name);
        let problem: Problem = place.problem(ProblemCode::UnknownColumn, "不认识这个键，没有读入");
        self.source.problems.push(problem);
    }

    fn wrong_shape(&mut self, node: &Node, message: &str) {
        let problem = self.at(node).problem(ProblemCode::InvalidYaml, message);
        self.source.problems.push(problem);
    }
}

fn scalar(node: &Node) -> Option<&str> {
    match &node.value {
        NodeValue::Scalar(text) => Some(text),
        NodeValue::Sequence(_) | NodeValue::Mapping(_) => None,
    }
}
