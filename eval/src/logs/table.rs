//! CSV files and workbooks: one message a row.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use jieda::{Faults, Problem, ProblemCode, Table, TableRow, read_tables};

use super::{
    LogOptions, Recorded,
    assemble::assemble,
    fields::{Field, NEEDED, field_of},
    log::faults,
    message::Message,
};

/// What a table holds.
#[derive(Debug, Default)]
pub(super) struct ReadTable {
    /// In the order in which they begin.
    pub(super) conversations: Vec<Recorded>,
    /// The customer's messages without a word.
    pub(super) blank: usize,
}

/// Reads a file.
///
/// # Errors
/// [`Faults`] with every cell at fault.
pub(super) fn read(path: &Path, options: &LogOptions) -> Result<ReadTable, Faults> {
    let is_header = |row: &TableRow| {
        let columns = Columns::of(row);
        NEEDED.iter().all(|field| columns.0.contains_key(field))
    };
    let tables = read_tables(path, &is_header).map_err(taught)?;
    let mut order: Vec<(String, Vec<Message>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut problems = Vec::new();
    for table in &tables {
        let columns = Columns::of(&table.header);
        for row in &table.rows {
            match columns.message(table, row, options) {
                Ok((id, message)) => {
                    let place = *places.entry(id.clone()).or_insert(order.len());
                    match order.get_mut(place) {
                        Some((_, messages)) => messages.push(message),
                        None => order.push((id, vec![message])),
                    }
                }
                Err(wrong) => problems.extend(wrong),
            }
        }
    }
    if !problems.is_empty() {
        return Err(faults(problems));
    }
    let mut read = ReadTable::default();
    for (id, messages) in order {
        let assembled = assemble(&id, messages);
        read.blank += assembled.blank;
        read.conversations.extend(assembled.conversation);
    }
    if read.conversations.is_empty() {
        return Err(Problem::new(path, ProblemCode::Empty, "里面没有客户说的话").into());
    }
    Ok(read)
}

/// A table without a header is told which one it needs.
fn taught(mut faults: Faults) -> Faults {
    for problem in &mut faults.errors {
        if problem.code == ProblemCode::NoTable {
            problem.message = "没有同时写着“会话ID”“角色”“内容”的表头".into();
            let suggestion = "请在第一行写上列名，如：会话ID,角色,内容,时间,评分";
            problem.suggestion = Some(suggestion.into());
        }
    }
    faults
}

/// The column of each field: of two names the surer one.
struct Columns(BTreeMap<Field, usize>);

impl Columns {
    fn of(header: &TableRow) -> Self {
        let mut best: BTreeMap<Field, (usize, usize)> = BTreeMap::new();
        for (&column, name) in &header.cells {
            let Some((field, rank)) = field_of(name) else {
                continue;
            };
            if best.get(&field).is_none_or(|&(other, _)| rank < other) {
                best.insert(field, (rank, column));
            }
        }
        Self(
            best.into_iter()
                .map(|(field, (_, column))| (field, column))
                .collect(),
        )
    }

    fn message(
        &self,
        table: &Table,
        row: &TableRow,
        options: &LogOptions,
    ) -> Result<(String, Message), Vec<Problem>> {
        let column = |field: Field| self.0.get(&field).copied();
        let text = |field: Field| column(field).map_or("", |column| row.text(column));
        let wrong =
            |field, code, message: String| table.problem(row.number, column(field), code, message);
        let mut problems = Vec::new();
        let id = text(Field::Conversation);
        if id.is_empty() {
            let message = "没有写是哪个会话".to_owned();
            problems.push(wrong(Field::Conversation, ProblemCode::MissingId, message));
        }
        let read = Message::read(row.number, &options.timezone, &|field| {
            text(field).to_owned()
        });
        match read {
            Ok(message) => {
                let faq = message.expected.as_ref().and_then(|e| e.faq.as_ref());
                if let Some(faq) = faq.filter(|faq| !options.knows(faq)) {
                    let message = format!("知识库里没有编号为“{faq}”的常见问题");
                    problems.push(wrong(Field::ExpectedFaq, ProblemCode::InvalidId, message));
                }
                if problems.is_empty() {
                    return Ok((id.to_owned(), message));
                }
            }
            Err(faults) => problems.extend(faults.into_iter().map(|(field, message)| {
                let code = match field {
                    Field::Time => ProblemCode::InvalidDate,
                    _ => ProblemCode::InvalidRow,
                };
                wrong(field, code, message)
            })),
        }
        Err(problems)
    }
}
