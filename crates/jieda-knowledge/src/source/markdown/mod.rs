//! FAQs in Markdown.
//!
//! ```markdown
//! # 售后
//! ## 退款
//! ### 退款多久到账
//! 编号: ec-026
//! 标签: 退款、到账
//!
//! 原路退回，1 至 3 天到账。详见[规则](https://example.com)。
//!
//! 相似问：
//! - 钱什么时候退给我
//! - 退款要几天
//! ```
//!
//! Headings of the deepest level are standard questions, the heading above one is its intent.
//! Fields stand as `key: value` lines directly below the question, or so in an HTML comment. The list
//! below a line or heading 相似问 holds the similar questions; what is below a heading 备选答案 is an answer that
//! is tried against the first; all else is the answer, also below a heading 答案.

mod blocks;

use blocks::{Block, BlockKind, blocks};
use pulldown_cmark::HeadingLevel;

use super::{
    Source,
    columns::{Column, column_of},
    decode::read_text,
    record::{Cell, FaqRecord},
    split::{split_labels, split_questions},
};
use crate::{FaqField, ProblemCode, place::Place};

/// Reads a Markdown file.
pub(crate) fn read(place: &Place, source: &mut Source) {
    let Some(text) = read_text(place, &mut source.problems) else {
        return;
    };
    let blocks = blocks(&text);
    let levels = blocks.iter().filter_map(|block| match block.kind {
        BlockKind::Heading(level) if part_of(&block.text).is_none() => Some(level),
        _ => None,
    });
    let Some(question_level) = levels.max() else {
        if !text.trim().is_empty() {
            let problem = place.problem(ProblemCode::NoTable, "没有标题，分不出问题");
            source
                .problems
                .push(problem.suggest("请把每个问题写成标题，如：## 退款多久到账"));
        }
        return;
    };
    let mut reader = MarkdownReader {
        place,
        source,
        question_level,
        intent: None,
        section: None,
        warned: false,
    };
    blocks.iter().for_each(|block| reader.block(block));
    reader.finish_section();
}

/// The part of an FAQ that a heading or line announces.
fn part_of(text: &str) -> Option<FaqField> {
    let name = text.trim().trim_end_matches([':', '：']);
    match column_of(name)?.column {
        Column::Field(field @ (FaqField::Similar | FaqField::Answer | FaqField::Variants)) => {
            Some(field)
        }
        _ => None,
    }
}

struct MarkdownReader<'a> {
    place: &'a Place,
    source: &'a mut Source,
    question_level: HeadingLevel,
    intent: Option<(usize, String)>,
    section: Option<Section>,
    /// Whether text outside of questions has been reported since the last heading.
    warned: bool,
}

/// A question that is being read.
struct Section {
    record: FaqRecord,
    answer: Option<(usize, String)>,
    /// Each with its line, in their order.
    variants: Vec<(usize, String)>,
    /// What the text that follows belongs to.
    part: FaqField,
    /// A line that announced similar questions, until their list comes.
    announced: Option<(usize, String)>,
}

impl MarkdownReader<'_> {
    fn block(&mut self, block: &Block) {
        if let BlockKind::Heading(level) = block.kind {
            return self.heading(level, block);
        }
        let Some(mut section) = self.section.take() else {
            return self.outside(block);
        };
        match &block.kind {
            BlockKind::Comment => {
                self.fields(&mut section, block);
            }
            BlockKind::List(items)
                if section.part == FaqField::Similar || section.announced.is_some() =>
            {
                section.announced = None;
                for (line, text) in items {
                    self.similar(&mut section, *line, text);
                }
            }
            BlockKind::Paragraph if part_of(&block.text) == Some(FaqField::Similar) => {
                section.give_back_announced();
                section.announced = Some((block.line, block.text.clone()));
            }
            BlockKind::Paragraph if section.is_untouched() && self.fields(&mut section, block) => {}
            _ if section.part == FaqField::Similar => {
                for (i, text) in block.text.lines().enumerate() {
                    self.similar(&mut section, block.line + i, text);
                }
            }
            _ => {
                section.give_back_announced();
                section.add_answer(block.line, &block.text);
            }
        }
        self.section = Some(section);
    }

    fn heading(&mut self, level: HeadingLevel, block: &Block) {
        self.warned = false;
        if let (Some(part), Some(section)) = (part_of(&block.text), &mut self.section) {
            section.give_back_announced();
            section.part = part;
            if part == FaqField::Variants {
                section.variants.push((block.line, String::new()));
            }
            return;
        }
        self.finish_section();
        if level != self.question_level {
            self.intent = Some((block.line, block.text.clone()));
            return;
        }
        let place = self.place.row(block.line);
        let mut record = FaqRecord::whole(place.clone());
        let problems = &mut self.source.problems;
        record.question = Cell::new(
            &block.text,
            place.field(FaqField::Question.header()),
            problems,
        );
        record.answer = Cell::empty(place.field(FaqField::Answer.header()));
        if let Some((line, intent)) = &self.intent {
            let place = self.place.row(*line).field(FaqField::Intent.header());
            record.intent = Some(Cell::new(intent, place, problems));
        }
        self.section = Some(Section {
            record,
            answer: None,
            variants: Vec::new(),
            part: FaqField::Answer,
            announced: None,
        });
    }

    /// Reads `key: value` lines, if all of them are.
    fn fields(&mut self, section: &mut Section, block: &Block) -> bool {
        let fields: Option<Vec<(FaqField, &str)>> = block.text.lines().map(field_line).collect();
        let Some(fields) = fields else {
            return false;
        };
        for (i, (field, value)) in fields.into_iter().enumerate() {
            let place = self.place.row(block.line + i).field(field.header());
            let texts = match field {
                FaqField::Similar => split_questions(value),
                FaqField::Tags | FaqField::Channels => split_labels(value),
                _ => vec![value.to_owned()],
            };
            for text in texts {
                let cell = Cell::new(&text, place.clone(), &mut self.source.problems);
                section.record.set(field, cell);
            }
        }
        true
    }

    fn similar(&mut self, section: &mut Section, line: usize, text: &str) {
        let place = self.place.row(line).field(FaqField::Similar.header());
        let cell = Cell::new(text, place, &mut self.source.problems);
        section.record.set(FaqField::Similar, cell);
    }

    fn outside(&mut self, block: &Block) {
        if self.intent.is_some() && !self.warned && block.kind != BlockKind::Comment {
            self.warned = true;
            let message = "这段文字不在任何问题下面，没有读入";
            let problem = self
                .place
                .row(block.line)
                .problem(ProblemCode::IgnoredTable, message);
            let problem = problem.suggest("最深一级标题才是问题；请让所有问题用同一级标题");
            self.source.problems.push(problem);
        }
    }

    fn finish_section(&mut self) {
        let Some(mut section) = self.section.take() else {
            return;
        };
        section.give_back_announced();
        if let Some((line, text)) = section.answer {
            let place = self.place.row(line).field(FaqField::Answer.header());
            section.record.answer = Cell::new(&text, place, &mut self.source.problems);
        }
        for (line, text) in section.variants {
            let place = self.place.row(line).field(FaqField::Variants.header());
            let cell = Cell::new(&text, place, &mut self.source.problems);
            section.record.set(FaqField::Variants, cell);
        }
        self.source.faqs.push(section.record);
    }
}

impl Section {
    fn is_untouched(&self) -> bool {
        self.answer.is_none() && self.announced.is_none() && self.variants.is_empty()
    }

    fn add_answer(&mut self, line: usize, text: &str) {
        let open = match self.part {
            FaqField::Variants => self.variants.last_mut(),
            _ => self.answer.as_mut(),
        };
        match open {
            Some((_, answer)) => {
                if !answer.is_empty() {
                    answer.push('\n');
                }
                answer.push_str(text);
            }
            None => self.answer = Some((line, text.to_owned())),
        }
    }

    /// A line 相似问 without a list is part of the answer after all.
    fn give_back_announced(&mut self) {
        if let Some((line, text)) = self.announced.take() {
            self.add_answer(line, &text);
        }
    }
}

/// A line `key: value` whose key is a field's name. Question and answer have their own places.
fn field_line(line: &str) -> Option<(FaqField, &str)> {
    let (key, value) = line.split_once([':', '：'])?;
    match column_of(key)?.column {
        Column::Field(FaqField::Question | FaqField::Answer) | Column::Ignored => None,
        Column::Field(field) => Some((field, value.trim())),
    }
}
