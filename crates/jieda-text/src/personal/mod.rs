//! Personal data in customers' words: found, and masked before anything is kept.
//!
//! | kind | shown as | found by |
//! |---|---|---|
//! | phone | `138****5678`, `0571-****1234` | 11 digits from 13 to 19; area code and number apart; local numbers behind 电话 |
//! | identity card | `[身份证尾号002X]` | province, date of birth and check character; behind 身份证 without the last; 15 digits |
//! | bank card | `[银行卡尾号1234]` | first digits, length and Luhn's rule; behind 卡号 without Luhn's rule |
//! | e-mail | `a***@qq.com` | its form |
//! | plate | `京A***45` | its form, electric cars too |
//! | address | `浙江省杭州市西湖区[地址]` | road with number, building with room; what is coarser than a road stays |
//! | passport … | `[证件尾号5678]` | behind its name |
//! | WeChat, QQ | `[账号]` | behind its name |
//! | name | `张**` | behind 我叫, 姓名, 收件人 … |
//!
//! Full width, spaces, hyphens, `+86`, invisible characters and digits that are read out (幺三八) make no
//! difference. The last four digits stay, so that an agent can ask for them.
//!
//! What is no personal data stays: numbers called 订单号, 单号, 验证码, SKU and the like, numbers with
//! letters or codes in front, prices, dates, and numbers of the public: 10086, 12315, 95588, 400 and 800,
//! landlines called 客服电话 or 热线. A mobile number is masked even there.

mod account;
mod address;
mod checks;
mod cues;
mod email;
mod find;
mod masked;
mod name;
mod numbers;
mod plate;
mod show;

use std::fmt;

use jieda_types::ByteSpan;

pub(crate) use checks::{is_mobile, looks_like_card};
pub use masked::{Masked, MaskedPlace, Vault};

use crate::plain::Plain;

/// A kind of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PersonalKind {
    /// A mobile or landline number.
    Phone,
    /// 居民身份证.
    IdCard,
    /// A bank card.
    BankCard,
    /// Passports, permits, social insurance.
    Document,
    /// An e-mail address.
    Email,
    /// A licence plate.
    Plate,
    /// A WeChat or QQ account.
    Account,
    /// The part of an address that is finer than a district.
    Address,
    /// A person's name.
    Name,
}

use PersonalKind as Kind;

impl PersonalKind {
    /// Its name in files: `phone`, `id_card`, `bank_card`, `document`, `email`, `plate`, `account`,
    /// `address`, `name`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::IdCard => "id_card",
            Self::BankCard => "bank_card",
            Self::Document => "document",
            Self::Email => "email",
            Self::Plate => "plate",
            Self::Account => "account",
            Self::Address => "address",
            Self::Name => "name",
        }
    }
}

impl fmt::Display for PersonalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Personal data in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: PersonalKind,
    /// Where it stands in the original text.
    pub span: ByteSpan,
    /// What is shown instead.
    pub mask: String,
}

/// Finds and masks personal data. Never fails; takes time in proportion to the text.
#[derive(Debug, Clone, Copy)]
pub struct PersonalData;

/// What is masked may uncover more (an account that was part of no number before): so many looks at most.
const MOST_ROUNDS: usize = 8;

impl PersonalData {
    /// All personal data in a text, in order, without overlaps.
    ///
    /// ```
    /// use jieda_text::{PersonalData, PersonalKind};
    ///
    /// let text = "订单号13800001234，电话１３８ ００００ １２３４";
    /// let found = PersonalData::find(text);
    /// assert_eq!(found.len(), 1);
    /// assert_eq!(found[0].kind, PersonalKind::Phone);
    /// assert_eq!(found[0].span.of(text), "１３８ ００００ １２３４");
    /// assert_eq!(found[0].mask, "138****1234");
    /// ```
    #[must_use]
    pub fn find(text: &str) -> Vec<Found> {
        let mut found = round(text);
        for _ in 1..MOST_ROUNDS {
            if found.is_empty() {
                break;
            }
            let (masked, places) = masked(text, &found);
            let more = round(&masked);
            if more.is_empty() {
                break;
            }
            let count = found.len();
            found.extend(more.into_iter().filter_map(|f| back(f, &places)));
            if found.len() == count {
                break;
            }
            found.sort_by_key(|f| f.span.start);
        }
        found
    }

    /// The text with its personal data masked. Masking a masked text changes nothing.
    #[must_use]
    pub fn mask(text: &str) -> Masked {
        let found = Self::find(text);
        let (masked, places) = masked(text, &found);
        let kept = found
            .into_iter()
            .map(|f| (f.mask, f.span.of(text).to_owned()))
            .collect();
        Masked::new(masked, places, Vault(kept))
    }
}

/// One look at a text.
fn round(text: &str) -> Vec<Found> {
    let mut plain = Plain::new(text);
    plain.hide_masks();
    find::hits(&plain)
        .into_iter()
        .map(|hit| Found {
            kind: hit.kind,
            span: plain.span(hit.start, hit.end),
            mask: show::mask(hit.kind, &plain.text(hit.start, hit.end)),
        })
        .collect()
}

/// Puts masks in place.
fn masked(text: &str, found: &[Found]) -> (String, Vec<MaskedPlace>) {
    let mut out = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(found.len());
    let mut done = 0;
    for f in found {
        out.push_str(text.get(done..f.span.start).unwrap_or(""));
        let start = out.len();
        out.push_str(&f.mask);
        places.push(MaskedPlace {
            kind: f.kind,
            original: f.span,
            masked: ByteSpan {
                start,
                end: out.len(),
            },
        });
        done = f.span.end;
    }
    out.push_str(text.get(done..).unwrap_or(""));
    (out, places)
}

/// What was found in the masked text, in the original; nothing when it touches a mask.
fn back(found: Found, places: &[MaskedPlace]) -> Option<Found> {
    let before = places.partition_point(|p| p.masked.end <= found.span.start);
    if places
        .get(before)
        .is_some_and(|p| p.masked.start < found.span.end)
    {
        return None;
    }
    let (masked, original) = before
        .checked_sub(1)
        .and_then(|i| places.get(i))
        .map_or((0, 0), |p| (p.masked.end, p.original.end));
    let shift = |byte: usize| byte - masked + original;
    Some(Found {
        span: ByteSpan {
            start: shift(found.span.start),
            end: shift(found.span.end),
        },
        ..found
    })
}
