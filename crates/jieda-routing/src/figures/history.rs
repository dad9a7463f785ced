//! A log, read once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{
    AbandonClass, Abandonment, Cut, Figures, Handled, PassedOn, Period, Service, Waits, Work,
    reader::Reader,
    record::{Contact, Moment, Once, Spell, Wait},
};
use crate::{AgentId, AgentState, Channel, Groups, Logged, Outcome, Skill};

/// All that a log says of contacts and agents.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    pub(super) contacts: Vec<Contact>,
    pub(super) moments: Vec<Moment<Once>>,
    pub(super) spells: Vec<Spell>,
    /// The last moment of the log.
    pub(super) until: Timestamp,
}

impl History {
    /// Reads a log in the order in which it was written. Events that were refused happened to nobody.
    #[must_use]
    pub fn of(groups: &Groups, log: &[Logged]) -> Self {
        let mut reader = Reader::new(groups.clone());
        for logged in log {
            reader.read(logged);
        }
        reader.finish()
    }

    /// Whether the log tells of conversations that ended without a human in a period. One of handovers alone does not: the
    /// automatic resolution rate is not known there.
    #[must_use]
    pub fn knows_self_served(&self, period: &Period) -> bool {
        let is_one = |moment: &Moment<Once>| {
            matches!(moment.what, Once::SelfServed(_)) && period.contains(moment.at)
        };
        self.moments.iter().any(is_one)
    }

    /// The figures of a period.
    #[must_use]
    pub fn figures(&self, period: &Period, cut: &Cut) -> Figures {
        let contacts: Vec<&Contact> = self.contacts.iter().filter(|c| cut.takes(c)).collect();
        let is_open = |c: &&&Contact| {
            c.queued < period.to && c.ended().is_none_or(|ended| ended >= period.to)
        };
        Figures {
            period: *period,
            cut: cut.clone(),
            waits: waits(&contacts, period),
            work: self.work(&contacts, period, cut),
            service: self.service(period, cut),
            open: contacts.iter().filter(is_open).count(),
        }
    }

    /// How many tickets were handed over in each hour of a period: what a forecast begins with.
    #[must_use]
    pub fn arrivals(&self, period: &Period, cut: &Cut) -> Vec<f64> {
        let mut hours = vec![0.0; period.hours().count()];
        for contact in &self.contacts {
            let is_one = contact.passed_on == PassedOn::No
                && period.contains(contact.queued)
                && cut.takes(contact);
            if is_one {
                let hour = contact.queued.duration_since(period.from).as_secs() / 3600;
                // It lies in the period, and so in one of its hours.
                hours[hour as usize] += 1.0;
            }
        }
        hours
    }

    /// From the first contact to the end of the log; none where there was no contact.
    #[must_use]
    pub fn span(&self) -> Option<Period> {
        let first = self.contacts.iter().map(|contact| contact.queued).min()?;
        Some(Period {
            from: first,
            to: self.until,
        })
    }

    /// The channels of the log.
    #[must_use]
    pub fn channels(&self) -> BTreeSet<Channel> {
        let of_moments = self.moments.iter().filter_map(|m| m.channel.clone());
        let of_contacts = self.contacts.iter().filter_map(|c| c.channel.clone());
        of_contacts.chain(of_moments).collect()
    }

    /// The groups of the log.
    #[must_use]
    pub fn skills(&self) -> BTreeSet<Skill> {
        self.contacts.iter().map(|c| c.skill.clone()).collect()
    }

    /// The agents of the log.
    #[must_use]
    pub fn agents(&self) -> BTreeSet<AgentId> {
        let of_spells = self.spells.iter().map(|spell| spell.agent);
        let of_contacts = self.contacts.iter().filter_map(Contact::agent);
        of_contacts.chain(of_spells).collect()
    }

    fn work(&self, contacts: &[&Contact], period: &Period, cut: &Cut) -> Work {
        let mut ended = Vec::new();
        // What an agent did in the period: stretches of handling, and of being there.
        let mut handling: BTreeMap<AgentId, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
        let mut staffed = handling.clone();
        for contact in contacts {
            let Wait::Accepted { at, agent, talk } = &contact.wait else {
                continue;
            };
            let to = talk.ended.unwrap_or(self.until);
            handling
                .entry(*agent)
                .or_default()
                .extend(period.clip(*at, to));
            if let Some(to) = talk.ended.filter(|to| period.contains(*to)) {
                ended.push(Handled {
                    talk: to.duration_since(*at),
                    hold: talk.hold,
                    after_work: talk.after_work,
                    passed_on: talk.passed_on.unwrap_or(PassedOn::No),
                });
            }
        }
        for spell in &self.spells {
            // Time of agents has neither channel nor group.
            let Some(stretch) = period.clip(spell.from, spell.to.unwrap_or(self.until)) else {
                continue;
            };
            if cut.agent.is_some_and(|agent| agent != spell.agent) {
                continue;
            }
            match spell.state {
                AgentState::Ready | AgentState::Busy => {
                    staffed.entry(spell.agent).or_default().push(stretch);
                }
                AgentState::AfterWork => handling.entry(spell.agent).or_default().push(stretch),
                AgentState::Offline | AgentState::Break => {}
            }
        }
        for (agent, stretches) in &handling {
            staffed.entry(*agent).or_default().extend(stretches);
        }
        let total = |of: BTreeMap<AgentId, Vec<(Timestamp, Timestamp)>>| {
            of.into_values().map(covered).sum::<SignedDuration>()
        };
        Work {
            contacts: ended,
            handling: total(handling),
            staffed: total(staffed),
        }
    }

    fn service(&self, period: &Period, cut: &Cut) -> Service {
        let mut service = Service::default();
        for moment in self.moments.iter().filter(|m| period.contains(m.at)) {
            let (channel, skill) = (moment.channel.as_ref(), moment.skill.as_ref());
            if !cut.takes_parts(channel, skill, moment.agent) {
                continue;
            }
            match &moment.what {
                Once::HandedOver => service.conversations += 1,
                Once::FirstResponse(after) => service.first_response.push(*after),
                Once::Resolved(after) => service.resolution.push(*after),
                Once::Rated(rating) => service.ratings.push(*rating),
                Once::SelfServed(outcome) => {
                    service.conversations += 1;
                    service.self_resolved += usize::from(*outcome == Outcome::Resolved);
                }
            }
        }
        service
    }
}

fn waits(contacts: &[&Contact], period: &Period) -> Waits {
    let mut waits = Waits::default();
    for contact in contacts {
        match &contact.wait {
            Wait::Accepted { at, .. } if period.contains(*at) => {
                waits.accepted.push(at.duration_since(contact.queued));
            }
            Wait::Abandoned { at, offered } if period.contains(*at) => {
                let wait = at.duration_since(contact.queued);
                let class = if wait < AbandonClass::SHORT {
                    AbandonClass::Short
                } else if contact.passed_on == PassedOn::Yes {
                    AbandonClass::PassedOn
                } else if *offered {
                    AbandonClass::Offered
                } else {
                    AbandonClass::Waiting
                };
                waits.abandoned.push(Abandonment { wait, class });
            }
            _ => {}
        }
    }
    waits
}

/// How much time stretches cover together; what several cover counts once.
fn covered(mut stretches: Vec<(Timestamp, Timestamp)>) -> SignedDuration {
    stretches.sort();
    let mut sum = SignedDuration::ZERO;
    let mut until = Timestamp::MIN;
    for (from, to) in stretches {
        let from = from.max(until);
        if from < to {
            sum += to.duration_since(from);
            until = to;
        }
    }
    sum
}
