//! Channel by channel: conversations with the engine, and contacts with agents.

use std::collections::BTreeSet;

use jieda_routing::{
    Channel,
    figures::{Cut, Period},
};
use serde::Serialize;

use super::{
    log::RoutingLog,
    rows::Cells,
    talk::Talk,
    units::{Percent, Seconds, Stars},
};

/// A channel in a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChannelRow {
    /// Its name; none for conversations and contacts that name none.
    pub channel: Option<String>,
    /// Conversations with the engine; none where none were kept.
    pub conversations: Option<usize>,
    /// Percent of these that went to a human.
    pub handoff_rate: Option<Percent>,
    /// Waits for an agent that ended; none without a log, and where contacts name no channel.
    pub contacts: Option<usize>,
    /// Percent accepted within the time of the agreement.
    pub service_level: Option<Percent>,
    /// Average speed of answer.
    pub asa: Option<Seconds>,
    /// Percent given up.
    pub abandonment: Option<Percent>,
    /// Mean rating.
    pub csat: Option<Stars>,
}

/// Every channel of a month, the busiest first.
pub(super) fn channels(
    talks: Option<&[&Talk]>,
    log: Option<&RoutingLog<'_>>,
    period: Period,
) -> Vec<ChannelRow> {
    let of_talks = talks
        .unwrap_or_default()
        .iter()
        .map(|talk| talk.channel.clone());
    let of_log = log.iter().flat_map(|log| log.history.channels());
    let of_log = of_log.map(|channel| Some(channel.as_str().to_owned()));
    let names: BTreeSet<Option<String>> = of_talks.chain(of_log).collect();
    let rows = names.into_iter().map(|channel| {
        let held = talks.map(|talks| {
            let there = talks.iter().filter(|talk| talk.channel == channel);
            let handed_over = there.clone().filter(|talk| talk.was_handed_over());
            (there.count(), handed_over.count())
        });
        let named = channel.as_deref().and_then(|name| Channel::new(name).ok());
        let cells = log.zip(named).map(|(log, channel)| {
            let cut = Cut {
                channel: Some(channel),
                ..Cut::default()
            };
            Cells::of(&log.history.figures(&period, &cut), log.within)
        });
        let cells = cells.as_ref();
        ChannelRow {
            channel,
            conversations: held.map(|(all, _)| all),
            handoff_rate: held.and_then(|(all, handed_over)| Percent::of(handed_over, all)),
            contacts: cells.map(|c| c.contacts),
            service_level: cells.and_then(|c| c.service_level),
            asa: cells.and_then(|c| c.asa),
            abandonment: cells.and_then(|c| c.abandonment),
            csat: cells.and_then(|c| c.csat),
        }
    });
    let came = |row: &ChannelRow| row.conversations.unwrap_or(0) + row.contacts.unwrap_or(0);
    let mut rows: Vec<ChannelRow> = rows.filter(|row| came(row) > 0).collect();
    // Stable: channels that are alike stay in the order of their names.
    rows.sort_by_key(|row| std::cmp::Reverse(came(row)));
    rows
}
