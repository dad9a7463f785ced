//! What a customer names: order numbers, amounts, dates, products. Found by rules, for slots and tickets.
//!
//! | kind | found by | value |
//! |---|---|---|
//! | order, parcel, work order, case, policy, account number | its name in front (订单号, 运单, 保单号 …) or behind; parcels by the letters of their carriers too; a bare number where one was asked for | half width, upper case, without spaces |
//! | `card_tail` | 尾号1234, 卡号后四位, the mask of a bank card | the digits |
//! | `phone` | the mask of one | the mask |
//! | `amount` | 元, 块, ¥ and their like; 1.2万, 两千五 where nothing but money fits; a number right behind 扣了, 退款 … | yuan, as in `59.9`; other currencies as in `100 USD` |
//! | `date` | 2026-11-03, 11月3日, 昨天, 上周三, 三天前, 双十一, 下午3点 … | ISO 8601, where known: see below |
//! | `quantity` | a number and a counter of goods: 两件, 3台 | `2件` |
//! | `product` | see [`EntityFinder::new`] | as written |
//!
//! Dates are normalised with the help of the caller's [`today`](EntityContext::today): a day is `2026-11-28`,
//! with a time of day `2026-11-28T15:00`; a month `2026-10`, a year `2025`; a week and a weekend are
//! intervals, `2026-11-16/2026-11-22` (weeks begin on Monday); a time without a day is `15:00`. A day without
//! its year is the next one if that is at most 60 days ahead, else the last one; a day without its month is the
//! one nearest to today; a bare 周三 is that of this week. Festivals of
//! the lunar calendar have no value, and nothing has one that needs a today and was given none.
//!
//! **Names before numbers.** A long number is nothing by itself: 20261128001 becomes an order number by a name
//! near it, or because the customer was just asked for one ([`EntityContext::asked`]). What is masked is never
//! part of a number, so texts should be masked first
//! ([`PersonalData::mask`](crate::PersonalData::mask)): a card number in the clear looks like an order number.

mod amount;
mod codes;
mod date;
mod goods;
mod names;
mod number;
mod product;
mod quantity;
mod scan;
mod tails;

use jieda_types::{ByteSpan, EntityKind};
use jiff::civil::Date;

use crate::{UserDictionary, plain::Plain};
use product::Products;
use scan::Scan;

/// Something that a customer named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Its bytes in the text; of a number, without its name.
    pub span: ByteSpan,
    /// As written.
    pub text: String,
    /// Normalised, see the table of the module; none where the words alone don't tell.
    pub value: Option<String>,
}

impl Entity {
    /// The value, or what was written where there is none.
    #[must_use]
    pub fn value_or_text(&self) -> &str {
        self.value.as_deref().unwrap_or(&self.text)
    }
}

/// What is known beside the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EntityContext {
    /// The day on which it was said: what 昨天 is counted from.
    pub today: Option<Date>,
    /// What the customer was asked for with the words before: a bare number is one then.
    pub asked: Option<EntityKind>,
}

/// Finds what customers name.
///
/// ```
/// use jieda_text::{EntityContext, EntityFinder, UserDictionary};
/// use jieda_types::EntityKind;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let finder = EntityFinder::new(&UserDictionary::default());
/// let context = EntityContext {
///     today: Some("2026-11-29".parse()?),
///     asked: None,
/// };
/// let found = finder.find("订单号20261128001，昨天多扣了两千五", &context);
/// assert_eq!(found[0].kind, EntityKind::OrderId);
/// assert_eq!(found[0].text, "20261128001");
/// assert_eq!(found[1].value.as_deref(), Some("2026-11-28"));
/// assert_eq!(found[2].value.as_deref(), Some("2500"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct EntityFinder {
    products: Products,
}

impl EntityFinder {
    /// A finder that knows the products of a knowledge base by its dictionary:
    ///
    /// - words with the tag `nz` are names of products wherever they stand;
    /// - its other words are, right behind 买的, 这款 and their like: terms of the trade such as 价保 are none.
    ///
    /// Without a dictionary, products are what is called 型号 or 货号, and, right behind 买的, 这款 and their
    /// like, a model of Latin letters with a number (华为Mate60 Pro) or one of some hundred common goods with
    /// the few characters before it (红色连衣裙).
    #[must_use]
    pub fn new(words: &UserDictionary) -> Self {
        Self {
            products: Products::of(words),
        }
    }

    /// All entities of a text, in order, without overlaps. Never fails; takes time in proportion to the text.
    #[must_use]
    pub fn find(&self, text: &str, context: &EntityContext) -> Vec<Entity> {
        let mut plain = Plain::new(text);
        let mut scan = Scan::new(plain.chars.len());
        tails::find(&plain, &mut scan);
        plain.hide_masks();
        codes::named(&plain, &mut scan);
        date::find(&plain, context, &mut scan);
        amount::find(&plain, context, &mut scan);
        self.products.find(&plain, &mut scan);
        quantity::find(&plain, context, &mut scan);
        codes::unnamed(&plain, context, &mut scan);
        let hits = scan.into_hits().into_iter();
        hits.map(|hit| {
            let span = plain.span(hit.start, hit.end);
            Entity {
                kind: hit.kind,
                span,
                text: span.of(text).to_owned(),
                value: hit.value,
            }
        })
        .collect()
    }
}
