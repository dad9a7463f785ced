//! A workbook of what to add to a knowledge base, for whoever keeps it: it imports as soon as the answers are written.

use std::{collections::HashSet, path::Path};

use jieda_types::{FaqId, IntentId};
use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{
    Column, ExportError, MAX_CELL_UNITS,
    cells::{CellTexts, joined},
    workbook::{NOTE, header, intent_choice, intent_sheet, line, width},
    write,
};
use crate::{FaqField, KnowledgeBase, check::phrasing_key, source::split_questions};

const NEW_SHEET: &str = "新增常见问题";
const MORE_SHEET: &str = "补充相似问题";
const REASONS_SHEET: &str = "说明";
/// Brackets in a header are for people: the import reads 答案.
const ANSWER_TO_WRITE: &str = "答案（请填写）";
const REASON_HEADERS: [(&str, f64); 5] = [
    ("主题", 36.0),
    ("次数", 8.0),
    ("建议", 36.0),
    ("相关条目", 48.0),
    ("客户的说法", 60.0),
];
const HOW_TO: [&str; 4] = [
    "“新增常见问题”：写好答案、改好措辞和意图；不要的行整行删去。没有写答案的行，导入时会逐行指出。",
    "“补充相似问题”：黄色的行是建议补充的说法，不合适的整行删去；第一行是这一条现在的内容，请保留。",
    "改好后导入：jieda kb import 本文件.xlsx --into 知识库目录；已有的条目不会被删去。本页不会被读入。",
    "若知识库在此期间改过，请重新生成本文件，以免“补充相似问题”里的旧答案盖住新答案。",
];

/// What could be added to a knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggestions {
    /// FAQs that have no answer yet.
    pub faqs: Vec<FaqDraft>,
    /// Phrasings for FAQs that are there; those of one FAQ may stand in several.
    pub phrasings: Vec<PhrasingsDraft>,
    /// Why, and what else is to be done.
    pub reasons: Vec<Reason>,
}

/// An FAQ, but for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaqDraft {
    /// The standard question.
    pub question: String,
    /// Other ways to ask it.
    pub similar: Vec<String>,
    /// The intent that it may belong to.
    pub intent: Option<IntentId>,
    /// For whoever writes the answer; the import passes over it.
    pub note: String,
}

/// Phrasings for an FAQ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhrasingsDraft {
    /// The FAQ; one that the knowledge base doesn't have is left out.
    pub faq: FaqId,
    /// The phrasings.
    pub similar: Vec<String>,
    /// For whoever looks them through; the import passes over it.
    pub note: String,
}

/// A line of the sheet that explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What it is about.
    pub subject: String,
    /// How often it was asked.
    pub count: usize,
    /// What to do.
    pub advice: String,
    /// The FAQs that it is about, or that come near.
    pub about: Vec<String>,
    /// What customers said.
    pub examples: Vec<String>,
}

/// Writes a workbook with sheets 新增常见问题, 补充相似问题, 说明 and 意图. Phrasings that the knowledge base has already,
/// or that stand in the workbook before, are left out. The import refuses FAQs whose answer was not written, each with
/// its row.
///
/// # Errors
/// [`ExportError`]; then the file is as it was.
pub fn export_suggestions(
    kb: &KnowledgeBase,
    suggestions: &Suggestions,
    path: &Path,
) -> Result<(), ExportError> {
    let mut workbook = Workbook::new();
    let mut known = Known::of(kb);
    new_sheet(workbook.add_worksheet(), kb, suggestions, &mut known)?;
    more_sheet(workbook.add_worksheet(), kb, suggestions, &mut known)?;
    reasons_sheet(workbook.add_worksheet(), suggestions)?;
    intent_sheet(workbook.add_worksheet(), kb)?;
    let bytes = workbook.save_to_buffer()?;
    write(path, &bytes)
}

/// Phrasings that are taken.
struct Known(HashSet<String>);

impl Known {
    fn of(kb: &KnowledgeBase) -> Self {
        let phrasings = kb.faqs.iter().flat_map(crate::Faq::phrasings);
        Self(phrasings.map(phrasing_key).collect())
    }

    /// Those that are new, in order; from now on they are known. What a cell can't hold is left out.
    fn take<'a>(&mut self, texts: impl IntoIterator<Item = &'a String>) -> Vec<String> {
        let fits = |text: &&String| text.encode_utf16().count() <= MAX_CELL_UNITS;
        let new = texts.into_iter().filter(fits);
        new.filter(|text| self.0.insert(phrasing_key(text)))
            .cloned()
            .collect()
    }
}

fn new_sheet(
    sheet: &mut Worksheet,
    kb: &KnowledgeBase,
    suggestions: &Suggestions,
    known: &mut Known,
) -> Result<(), XlsxError> {
    sheet.set_name(NEW_SHEET)?;
    let titled = |field: FaqField| (field.header(), width(field));
    let columns = [
        titled(FaqField::Question),
        titled(FaqField::Similar),
        (ANSWER_TO_WRITE, width(FaqField::Answer)),
        titled(FaqField::Intent),
        NOTE,
    ];
    header(sheet, &columns)?;
    let texts = CellTexts::of(kb);
    let to_write = Format::new()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(YELLOW);
    let mut row = 0;
    for faq in &suggestions.faqs {
        let phrasings = known.take(std::iter::once(&faq.question).chain(&faq.similar));
        let Some((question, similar)) = phrasings.split_first() else {
            continue;
        };
        row += 1;
        let similar = joined(similar, "\n", split_questions);
        let intent = faq.intent.as_ref().map_or("", |id| texts.intent(id));
        line(
            sheet,
            row,
            [question.as_str(), &similar, "", intent, &faq.note].into_iter(),
        )?;
        sheet.write_blank(row, 2, &to_write)?;
    }
    if let Some(choice) = intent_choice(kb.intents.len()) {
        sheet.add_data_validation(1, 3, row.saturating_add(1000), 3, &choice)?;
    }
    Ok(())
}

fn more_sheet(
    sheet: &mut Worksheet,
    kb: &KnowledgeBase,
    suggestions: &Suggestions,
    known: &mut Known,
) -> Result<(), XlsxError> {
    const FIELDS: [FaqField; 5] = [
        FaqField::Id,
        FaqField::Question,
        FaqField::Similar,
        FaqField::Answer,
        FaqField::Intent,
    ];
    sheet.set_name(MORE_SHEET)?;
    let columns = FIELDS.map(|field| (field.header(), width(field)));
    header(sheet, &[&columns[..], &[NOTE]].concat())?;
    let texts = CellTexts::of(kb);
    let added = Format::new()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(YELLOW);
    let mut row = 0;
    for faq in &kb.faqs {
        let of_it = suggestions.phrasings.iter().filter(|s| s.faq == faq.id);
        let (similar, notes): (Vec<_>, Vec<_>) =
            of_it.map(|s| (&s.similar, s.note.as_str())).unzip();
        let similar = known.take(similar.into_iter().flatten());
        if similar.is_empty() {
            continue;
        }
        row += 1;
        let mut cells = FIELDS
            .map(|field| texts.cell(faq, Column { field, part: 0 }))
            .to_vec();
        cells.push(notes.join("；"));
        line(sheet, row, cells.iter().map(String::as_str))?;
        for text in similar {
            row += 1;
            // A line break at the end: nothing else divides the cell.
            let one = joined(&[text], "\n", split_questions);
            sheet.write_string_with_format(row, 2, one, &added)?;
        }
    }
    Ok(())
}

fn reasons_sheet(sheet: &mut Worksheet, suggestions: &Suggestions) -> Result<(), XlsxError> {
    sheet.set_name(REASONS_SHEET)?;
    header(sheet, &REASON_HEADERS)?;
    let mut row = 0;
    for reason in &suggestions.reasons {
        row += 1;
        let texts = [
            reason.subject.as_str(),
            "",
            &reason.advice,
            &reason.about.join("\n"),
            &reason.examples.join("\n"),
        ];
        line(sheet, row, texts.into_iter().map(cut))?;
        sheet.write_number(row, 1, reason.count as f64)?;
    }
    for (below, text) in (2..).zip(HOW_TO) {
        sheet.write_string(row + below, 0, text)?;
    }
    Ok(())
}

const YELLOW: Color = Color::RGB(0x00FF_F2CC);

/// As much of a text as a cell holds.
fn cut(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MAX_CELL_UNITS
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}
