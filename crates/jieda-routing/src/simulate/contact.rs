//! The contacts of a day: all that is theirs, whoever serves them.

use jiff::SignedDuration;

use super::{
    draw::{exponential, generator, lognormal},
    scenario::{Scenario, Stream},
};
use crate::{AgentId, LastContact, Skill, Ticket, TicketId};

/// A contact of the day. Times are milliseconds.
#[derive(Debug, Clone)]
pub(super) struct Contact {
    /// Since midnight.
    pub(super) at: i64,
    pub(super) ticket: Ticket,
    /// How long it takes an agent of pace 1.
    pub(super) talk: f64,
    pub(super) after_work: i64,
    /// How long the customer waits at most.
    pub(super) patience: i64,
}

const HOUR: f64 = 3_600_000.0;

/// All contacts, in the order of their arrival.
pub(super) fn draw(scenario: &Scenario, seed: u64) -> Vec<Contact> {
    let mut contacts = Vec::new();
    for (i, stream) in (0..).zip(&scenario.streams) {
        let mut rng = generator(seed, [1, i]);
        let colleagues = colleagues(scenario, &stream.skill);
        for (hour, rate) in (0..24).zip(stream.per_hour) {
            // Within an hour the rate is constant, so the time to the next arrival is exponential;
            // at a rate of nothing it never comes.
            let mut at = exponential(&mut rng, HOUR / rate);
            while at < HOUR {
                let number = contacts.len() as u64;
                let time = f64::from(hour).mul_add(HOUR, at);
                let mut own = generator(seed, [2 + i, number]);
                contacts.push(one(scenario, stream, time, &colleagues, &mut own));
                at += exponential(&mut rng, HOUR / rate);
            }
        }
    }
    contacts.sort_by_key(|contact| contact.at);
    for (id, contact) in (1..).zip(&mut contacts) {
        contact.ticket.id = TicketId(id);
    }
    contacts
}

fn one(
    scenario: &Scenario,
    stream: &Stream,
    at: f64,
    colleagues: &[AgentId],
    rng: &mut fastrand::Rng,
) -> Contact {
    let millis = |duration: SignedDuration| duration.as_secs_f64() * 1000.0;
    let urgency = stream.urgency(rng.f64());
    let is_vip = rng.f64() < stream.vip;
    let returns = rng.f64() < stream.returning && !colleagues.is_empty();
    let colleague = rng.usize(..colleagues.len().max(1));
    let last_contact = returns.then(|| LastContact {
        agent: colleagues[colleague],
        at: scenario.midnight,
    });
    Contact {
        at: at as i64,
        ticket: Ticket {
            id: TicketId(0),
            skill: Some(stream.skill.clone()),
            tags: Vec::new(),
            urgency,
            tier: is_vip.then(|| stream.vip_tier.clone()),
            channel: stream.channel.clone(),
            language: stream.language.clone(),
            last_contact,
        },
        talk: lognormal(rng, millis(stream.talk), stream.variation),
        after_work: exponential(rng, millis(stream.after_work)) as i64,
        patience: exponential(rng, millis(stream.patience)) as i64,
    }
}

/// Agents of a skill. Agents are numbered from 1, team by team.
fn colleagues(scenario: &Scenario, skill: &Skill) -> Vec<AgentId> {
    let mut next = 1;
    let mut found = Vec::new();
    for team in &scenario.teams {
        let numbers = next..next + team.agents;
        next = numbers.end;
        if team.skills.contains_key(skill) {
            found.extend(numbers.map(AgentId));
        }
    }
    found
}
