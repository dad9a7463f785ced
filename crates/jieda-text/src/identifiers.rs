//! Numbers that say whose order, parcel or phone it is, and nothing about what is asked: left out of a search.
//!
//! 订单号20261128001一直没发货 asks what 一直没发货 asks. With its digits BM25 finds whatever FAQ has 号 and 1 in it,
//! and the encoder reads a text about numbers.
//!
//! | left out | by |
//! |---|---|
//! | personal data, in the clear or masked | [`PersonalData`]; names, which are words, stay |
//! | digits of orders, parcels, policies, accounts | [`EntityFinder`] |
//! | any eight digits in a row | their length; unless they are a date or an amount |
//!
//! Letters stay: the QT of QT7730419825 may be what an FAQ is about. So does a number that the knowledge base names
//! itself, and whatever is shorter: 10086, 95588, 5G, RTX4090, 7天.
//!
//! 我的手机号是13800001234 asks nothing: where only names of identifiers and courtesies would be left, all is left out.
//! 手机号 alone would be read as a question about phone numbers.

use std::{borrow::Cow, collections::HashSet};

use jieda_types::ByteSpan;

use crate::{EntityContext, EntityFinder, PersonalData, PersonalKind, plain::Plain};

/// Fewest digits in a row that are a number of this kind without a name near them: 10086 is none, nor is 5000000.
const UNNAMED: usize = 8;
/// Fewest digits in a row of a number that is looked up among those of the knowledge base.
const KNOWN: usize = 5;

/// What may stand beside an identifier in a text that only gives it.
const BESIDE: &[&str] = &[
    "订单",
    "运单",
    "快递单",
    "快递",
    "工单",
    "保单",
    "受理",
    "单号",
    "户号",
    "账号",
    "编号",
    "号码",
    "手机",
    "电话",
    "联系方式",
    "身份证",
    "证件",
    "银行卡",
    "卡号",
    "邮箱",
    "邮件",
    "车牌",
    "地址",
    "姓名",
    "名字",
    "我",
    "的",
    "是",
    "叫",
    "为",
    "号",
    "这",
    "那",
    "就",
    "个",
    "和",
    "给",
    "你",
    "您",
    "好",
    "请",
    "谢谢",
    "了",
    "哦",
    "嗯",
    "哈",
];

/// Finds and blanks out identifiers.
///
/// ```
/// use jieda_text::Identifiers;
///
/// let identifiers = Identifiers::unless_in(["客服热线9551812345"].into_iter());
/// assert_eq!(identifiers.blank("订单20261128001没发货"), "订单           没发货");
/// assert_eq!(identifiers.blank("9551812345打不通"), "9551812345打不通");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Identifiers {
    finder: EntityFinder,
    known: HashSet<String>,
}

impl Identifiers {
    /// Takes every number that stands in one of the texts, those of a knowledge base, for one that may be asked about.
    #[must_use]
    pub fn unless_in<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut known = HashSet::new();
        for text in texts.filter(|text| may_hold_digits(text, KNOWN)) {
            let plain = Plain::new(text);
            let groups = digit_groups(&plain);
            let long = groups.filter(|(start, end)| end - start >= KNOWN);
            known.extend(long.map(|(start, end)| plain.text(start, end)));
        }
        Self {
            finder: EntityFinder::default(),
            known,
        }
    }

    /// The text with spaces for its identifiers, byte for byte: every other character stands where it stood.
    #[must_use]
    pub fn blank<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let spans = self.find(text);
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        if asks_nothing(text, &spans) {
            return Cow::Owned(" ".repeat(text.len()));
        }
        let mut blank = String::with_capacity(text.len());
        let mut done = 0;
        for span in spans {
            // Spans may overlap: a card number that is called an order's.
            let start = span.start.max(done);
            let end = span.end.max(done);
            blank.push_str(text.get(done..start).unwrap_or(""));
            blank.extend(std::iter::repeat_n(' ', end - start));
            done = end;
        }
        blank.push_str(text.get(done..).unwrap_or(""));
        Cow::Owned(blank)
    }

    /// Where identifiers stand, by their starts.
    fn find(&self, text: &str) -> Vec<ByteSpan> {
        let mut plain = Plain::new(text);
        let mut spans: Vec<ByteSpan> = PersonalData::find(text)
            .into_iter()
            .filter(|found| found.kind != PersonalKind::Name)
            .map(|found| found.span)
            .collect();
        let masks = plain.masks().into_iter();
        // Stars alone (现在全是***) are not a mask.
        let masks = masks.filter(|&(start, end)| (start..end).any(|i| plain.at(i) != '*'));
        spans.extend(masks.map(|(start, end)| plain.span(start, end)));
        if may_hold_digits(text, KNOWN) {
            plain.hide_masks();
            self.find_numbers(text, &plain, &mut spans);
        }
        spans.sort_by_key(|span| (span.start, span.end));
        spans
    }

    fn find_numbers(&self, text: &str, plain: &Plain, spans: &mut Vec<ByteSpan>) {
        let entities = self.finder.find(text, &EntityContext::default());
        for (start, end) in digit_groups(plain) {
            let span = plain.span(start, end);
            let of = entities
                .iter()
                .find(|e| e.span.start < span.end && span.start < e.span.end);
            let identifies = match of {
                Some(entity) => entity.kind.is_code(),
                None => end - start >= UNNAMED,
            };
            if identifies && !self.known.contains(&plain.text(start, end)) {
                spans.push(span);
            }
        }
    }
}

/// Whether nothing stands beside the identifiers but names of them, courtesies and a masked name (张**).
fn asks_nothing(text: &str, spans: &[ByteSpan]) -> bool {
    let plain = Plain::new(text);
    let names: Vec<ByteSpan> = PersonalData::find(text)
        .into_iter()
        .map(|f| f.span)
        .collect();
    let within = |i: usize| {
        let at = plain.span(i, i + 1).start;
        let holds = |span: &ByteSpan| (span.start..span.end).contains(&at);
        spans.iter().any(holds) || names.iter().any(holds)
    };
    let mut i = 0;
    while i < plain.chars.len() {
        if within(i) || !plain.at(i).is_alphanumeric() || plain.at(i + 1) == '*' {
            i += 1;
        } else if let Some(length) = plain.word_at(i, BESIDE) {
            i += length;
        } else {
            return false;
        }
    }
    true
}

/// Whether a text has that many digits at all: most have not, and need no closer look.
fn may_hold_digits(text: &str, least: usize) -> bool {
    text.chars().filter(|c| c.is_numeric()).take(least).count() == least
}

/// Digits in a row.
fn digit_groups(plain: &Plain) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut end = 0;
    std::iter::from_fn(move || {
        let length = plain.chars.len();
        let start = (end..length).find(|&i| plain.at(i).is_ascii_digit())?;
        end = plain.skip(start, |c| c.is_ascii_digit());
        Some((start, end))
    })
}
