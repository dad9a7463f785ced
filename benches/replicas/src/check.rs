//! Whether what happened is what the clients were told.

use std::collections::BTreeMap;

use jieda_store::{AnyStore, ConversationLog, Location, Store as _};
use jieda_types::ConversationId;
use serde::Serialize;

use crate::{Failure, load::Asked};

/// What is wrong: nothing, if it is as it must be.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Found {
    pub(crate) conversations: usize,
    pub(crate) turns: usize,
    pub(crate) lost: Vec<String>,
    pub(crate) doubled: Vec<String>,
    pub(crate) gaps: Vec<String>,
    pub(crate) disorder: Vec<String>,
    pub(crate) wrong_state: Vec<String>,
}

impl Found {
    pub(crate) fn is_sound(&self) -> bool {
        let wrong = [
            &self.lost,
            &self.doubled,
            &self.gaps,
            &self.disorder,
            &self.wrong_state,
        ];
        wrong.iter().all(|list| list.is_empty())
    }
}

/// Reads the conversations from the database, and compares.
pub(crate) fn check(url: &str, asked: &[Asked]) -> Result<Found, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let mut found = Found::default();
    let mut conversations: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for one in asked {
        conversations
            .entry(&one.conversation)
            .or_default()
            .push(one);
    }
    runtime.block_on(async {
        let store = AnyStore::open(&Location::of(url)).await?;
        for (id, asked) in conversations {
            let log = store.log(&ConversationId::new(id)?).await?;
            found.conversations += 1;
            compare(id, &asked, log.as_ref(), &mut found);
        }
        Ok::<(), Failure>(())
    })?;
    Ok(found)
}

fn compare(id: &str, asked: &[&Asked], log: Option<&ConversationLog>, found: &mut Found) {
    let turns = log.map(|log| log.turns.as_slice()).unwrap_or_default();
    found.turns += turns.len();
    let mut by_tag: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (expected, turn) in (1..).zip(turns) {
        let number = turn.number.get();
        if number != expected {
            found
                .gaps
                .push(format!("{id}: {number} where {expected} should be"));
        }
        if turn.state.turns != number {
            let told = format!(
                "{id}: turn {number} has the state of turn {}",
                turn.state.turns
            );
            found.wrong_state.push(told);
        }
        let text = turn
            .event
            .text()
            .map(|text| text.as_str())
            .unwrap_or_default();
        let tag = text
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once(']'));
        if let Some((tag, _)) = tag {
            by_tag.entry(tag).or_default().push(number);
        }
    }
    for one in asked {
        let numbers = by_tag
            .get(one.tag.as_str())
            .map(Vec::as_slice)
            .unwrap_or_default();
        if numbers.len() > 1 {
            found
                .doubled
                .push(format!("{id}: {} is turns {numbers:?}", one.tag));
        }
        if let Some((_, told)) = one.answered
            && !numbers.contains(&told)
        {
            found.lost.push(format!(
                "{id}: {} was answered as turn {told}, is {numbers:?}",
                one.tag
            ));
        }
    }
    disorder(id, asked, found);
}

/// A turn that was acknowledged before another was asked for comes before it.
fn disorder(id: &str, asked: &[&Asked], found: &mut Found) {
    let mut ends: Vec<_> = asked.iter().filter_map(|one| one.answered).collect();
    ends.sort_by_key(|(end, _)| *end);
    let mut begins: Vec<_> = asked
        .iter()
        .filter_map(|one| Some((one.begun, one.answered?.1, &one.tag)))
        .collect();
    begins.sort_by_key(|(begun, ..)| *begun);
    let (mut ended, mut highest) = (ends.into_iter().peekable(), 0);
    for (begun, turn, tag) in begins {
        while let Some((_, before)) = ended.next_if(|(end, _)| *end < begun) {
            highest = highest.max(before);
        }
        if turn < highest {
            found.disorder.push(format!(
                "{id}: {tag} is turn {turn}, after turn {highest} was told"
            ));
        }
    }
}
