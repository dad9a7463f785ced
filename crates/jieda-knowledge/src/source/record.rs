//! What every format is read into.

use crate::{AnswerTemplate, Faq, FaqField, Problem, ProblemCode, place::Place};

/// A text of a file, and its place.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// None when its fault has been reported: checks pass over it.
    text: Option<String>,
    pub(crate) place: Place,
}

impl Cell {
    /// A cell with this text, trimmed, its line breaks unified. Control characters are reported.
    pub(crate) fn new(text: &str, place: Place, problems: &mut Vec<Problem>) -> Self {
        let text = unify_breaks(text);
        let control = text
            .chars()
            .position(|c| c.is_control() && !matches!(c, '\n' | '\t'));
        let Some(position) = control else {
            let text = Some(text.trim().to_owned());
            return Self { text, place };
        };
        let message = format!("第 {} 个字是看不见的控制字符", position + 1);
        let problem = place.problem(ProblemCode::ControlCharacter, message);
        problems.push(problem.suggest("请删去，或重新输入这段文字"));
        Self::faulty(place)
    }

    /// A cell whose fault has been reported.
    pub(crate) fn faulty(place: Place) -> Self {
        Self { text: None, place }
    }

    /// A cell with nothing in it.
    pub(crate) fn empty(place: Place) -> Self {
        let text = Some(String::new());
        Self { text, place }
    }

    /// The text, unless it is faulty.
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Whether there is text, be it faulty.
    pub(crate) fn is_filled(&self) -> bool {
        self.text.as_ref().is_none_or(|text| !text.is_empty())
    }

    fn known(text: &str, place: &Place) -> Self {
        Self {
            text: Some(text.to_owned()),
            place: place.clone(),
        }
    }
}

/// Word and Excel have several characters for a line break.
pub(crate) fn unify_breaks(text: &str) -> String {
    text.replace("\r\n", "\n").replace(
        ['\r', '\u{B}', '\u{C}', '\u{85}', '\u{2028}', '\u{2029}'],
        "\n",
    )
}

/// An FAQ as it was read. None stands for a column that the table doesn't have at all; a cell
/// without text for one that was left empty.
#[derive(Debug, Clone)]
pub(crate) struct FaqRecord {
    /// Its first row.
    pub(crate) place: Place,
    pub(crate) id: Option<Cell>,
    pub(crate) question: Cell,
    pub(crate) similar: Option<Vec<Cell>>,
    pub(crate) answer: Cell,
    pub(crate) variants: Option<Vec<Cell>>,
    pub(crate) intent: Option<Cell>,
    pub(crate) tags: Option<Vec<Cell>>,
    pub(crate) skill: Option<Cell>,
    pub(crate) channels: Option<Vec<Cell>>,
    pub(crate) valid_from: Option<Cell>,
    pub(crate) valid_until: Option<Cell>,
    pub(crate) enabled: Option<Cell>,
    pub(crate) priority: Option<Cell>,
}

impl FaqRecord {
    /// A record of a table: every column but question and answer is missing.
    pub(crate) fn new(place: Place) -> Self {
        let cell = |field: FaqField| Cell::empty(place.field(field.header()));
        Self {
            question: cell(FaqField::Question),
            answer: cell(FaqField::Answer),
            place,
            id: None,
            similar: None,
            variants: None,
            intent: None,
            tags: None,
            skill: None,
            channels: None,
            valid_from: None,
            valid_until: None,
            enabled: None,
            priority: None,
        }
    }

    /// A record of a format in which an FAQ stands as a whole: what isn't there is empty. The intent
    /// alone may be missing.
    pub(crate) fn whole(place: Place) -> Self {
        let cell = |field: FaqField| Cell::empty(place.field(field.key()));
        Self {
            id: Some(cell(FaqField::Id)),
            question: cell(FaqField::Question),
            similar: Some(Vec::new()),
            answer: cell(FaqField::Answer),
            variants: Some(Vec::new()),
            intent: None,
            tags: Some(Vec::new()),
            skill: Some(cell(FaqField::Skill)),
            channels: Some(Vec::new()),
            valid_from: Some(cell(FaqField::ValidFrom)),
            valid_until: Some(cell(FaqField::ValidUntil)),
            enabled: Some(cell(FaqField::Enabled)),
            priority: Some(cell(FaqField::Priority)),
            place,
        }
    }

    /// Sets a field with one value; lists are added to.
    pub(crate) fn set(&mut self, field: FaqField, cell: Cell) {
        match field {
            FaqField::Id => self.id = Some(cell),
            FaqField::Question => self.question = cell,
            FaqField::Answer => self.answer = cell,
            FaqField::Intent => self.intent = Some(cell),
            FaqField::Skill => self.skill = Some(cell),
            FaqField::ValidFrom => self.valid_from = Some(cell),
            FaqField::ValidUntil => self.valid_until = Some(cell),
            FaqField::Enabled => self.enabled = Some(cell),
            FaqField::Priority => self.priority = Some(cell),
            FaqField::Similar | FaqField::Variants | FaqField::Tags | FaqField::Channels => {
                self.add(field, [cell]);
            }
        }
    }

    /// Adds to a list. Nothing added says that the list is there, and empty.
    pub(crate) fn add(&mut self, field: FaqField, cells: impl IntoIterator<Item = Cell>) {
        let list = match field {
            FaqField::Similar => &mut self.similar,
            FaqField::Variants => &mut self.variants,
            FaqField::Tags => &mut self.tags,
            FaqField::Channels => &mut self.channels,
            _ => return,
        };
        list.get_or_insert_default().extend(cells);
    }

    /// The text of its id, if there is a sound one.
    pub(crate) fn id_text(&self) -> Option<&str> {
        let text = self.id.as_ref()?.text()?;
        (!text.is_empty()).then_some(text)
    }

    /// The texts of a field: one, or those of a list; none for a column that the table doesn't have.
    pub(crate) fn texts(&self, field: FaqField) -> Vec<&str> {
        self.cells(field).iter().filter_map(Cell::text).collect()
    }

    fn cells(&self, field: FaqField) -> &[Cell] {
        match field {
            FaqField::Question => std::slice::from_ref(&self.question),
            FaqField::Answer => std::slice::from_ref(&self.answer),
            FaqField::Id => self.id.as_slice(),
            FaqField::Intent => self.intent.as_slice(),
            FaqField::Skill => self.skill.as_slice(),
            FaqField::ValidFrom => self.valid_from.as_slice(),
            FaqField::ValidUntil => self.valid_until.as_slice(),
            FaqField::Enabled => self.enabled.as_slice(),
            FaqField::Priority => self.priority.as_slice(),
            FaqField::Similar => self.similar.as_deref().unwrap_or_default(),
            FaqField::Variants => self.variants.as_deref().unwrap_or_default(),
            FaqField::Tags => self.tags.as_deref().unwrap_or_default(),
            FaqField::Channels => self.channels.as_deref().unwrap_or_default(),
        }
    }

    /// Takes what the table has no column for from an FAQ that it shall replace.
    pub(crate) fn fill_from(&mut self, faq: &Faq) {
        let place = self.place.clone();
        let cell = |text: &str| Cell::known(text, &place);
        let list = |texts: &mut dyn Iterator<Item = &str>| Some(texts.map(cell).collect());
        let moment =
            |m: &Option<crate::Moment>| cell(&m.map(|m| m.to_string()).unwrap_or_default());
        self.set_id(faq.id.as_str());
        if self.similar.is_none() {
            self.similar = list(&mut faq.similar.iter().map(String::as_str));
        }
        if self.variants.is_none() {
            self.variants = list(&mut faq.variants.iter().map(AnswerTemplate::source));
        }
        if self.tags.is_none() {
            self.tags = list(&mut faq.tags.iter().map(String::as_str));
        }
        if self.channels.is_none() {
            self.channels = list(&mut faq.channels.iter().map(crate::Channel::as_str));
        }
        self.intent.get_or_insert_with(|| cell(faq.intent.as_str()));
        let skill = faq.skill.as_deref().unwrap_or_default();
        self.skill.get_or_insert_with(|| cell(skill));
        self.valid_from
            .get_or_insert_with(|| moment(&faq.valid_from));
        self.valid_until
            .get_or_insert_with(|| moment(&faq.valid_until));
        let enabled = if faq.enabled { "是" } else { "否" };
        self.enabled.get_or_insert_with(|| cell(enabled));
        let priority = faq.priority.to_string();
        self.priority.get_or_insert_with(|| cell(&priority));
    }

    /// Gives it an id, if it has none.
    pub(crate) fn set_id(&mut self, id: &str) {
        if self.id.as_ref().is_none_or(|cell| !cell.is_filled()) {
            self.id = Some(Cell::known(id, &self.place.field(FaqField::Id.header())));
        }
    }
}

/// An intent as it was read. None stands for a column that the table doesn't have.
#[derive(Debug, Clone)]
pub(crate) struct IntentRecord {
    pub(crate) id: Cell,
    /// Its id again, if it has none of its own.
    pub(crate) name: Cell,
    pub(crate) description: String,
    pub(crate) keywords: Option<Vec<Cell>>,
    pub(crate) patterns: Option<Vec<Cell>>,
}

impl IntentRecord {
    /// Whether another file says just the same.
    pub(crate) fn is_copy_of(&self, other: &Self) -> bool {
        let list = |cells: &Option<Vec<Cell>>| -> Vec<Option<String>> {
            let cells = cells.iter().flatten();
            cells.map(|cell| cell.text.clone()).collect()
        };
        let texts = |r: &'_ Self| {
            (
                [r.id.text.clone(), r.name.text.clone()],
                r.description.clone(),
                [list(&r.keywords), list(&r.patterns)],
            )
        };
        self.id.place.path() != other.id.place.path() && texts(self) == texts(other)
    }
}
