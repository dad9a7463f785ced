//! A log, read once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::{
    AbandonClass, Abandonment, Cut, Figures, Handled, PassedOn, Period, Service, Waits, Work,
    record::{Contact, Moment, Once, Spell, Talk, Wait},
};
use crate::{
    ActionKind, AgentId, AgentState, Channel, EventKind, Groups, Logged, Outcome, Skill, TicketId,
};

/// All that a log says of contacts and agents.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    contacts: Vec<Contact>,
    moments: Vec<Moment<Once>>,
    spells: Vec<Spell>,
    /// The last moment of the log.
    until: Timestamp,
}

/// A ticket, while the log is read.
struct Open {
    contact: usize,
    arrived: Timestamp,
    offered: bool,
    held: Option<Timestamp>,
    replied: bool,
}

struct Reader<'a> {
    groups: &'a Groups,
    history: History,
    open: HashMap<TicketId, Open>,
    /// The last contact of a ticket: it is rated when it is over, too.
    last: HashMap<TicketId, usize>,
    /// The state of each agent, by its spell.
    states: HashMap<AgentId, usize>,
    /// The contact that an agent is writing up.
    writing: HashMap<AgentId, usize>,
}

impl History {
    /// Reads a log in the order in which it was written. Events that were refused happened to nobody.
    #[must_use]
    pub fn of(groups: &Groups, log: &[Logged]) -> Self {
        let mut reader = Reader {
            groups,
            history: Self {
                contacts: Vec::new(),
                moments: Vec::new(),
                spells: Vec::new(),
                until: Timestamp::MIN,
            },
            open: HashMap::new(),
            last: HashMap::new(),
            states: HashMap::new(),
            writing: HashMap::new(),
        };
        for logged in log {
            reader.read(logged);
        }
        reader.history
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
        let of_hour = |hour: Period| {
            let arrived = self.contacts.iter().filter(|contact| {
                contact.passed_on == PassedOn::No
                    && hour.contains(contact.queued)
                    && cut.takes(contact)
            });
            arrived.count() as f64
        };
        period.hours().map(of_hour).collect()
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

impl Reader<'_> {
    fn read(&mut self, logged: &Logged) {
        let at = logged.event.at;
        self.history.until = self.history.until.max(at);
        for action in &logged.applied.due {
            self.action(action.at, &action.kind);
        }
        if logged.applied.verdict.is_ok() {
            self.event(at, &logged.event.kind);
        }
        for action in &logged.applied.led_to {
            self.action(action.at, &action.kind);
        }
    }

    fn action(&mut self, at: Timestamp, action: &ActionKind) {
        match action {
            ActionKind::Offered { ticket, .. } => {
                if let Some(open) = self.open.get_mut(ticket) {
                    open.offered = true;
                }
            }
            ActionKind::OfferWithdrawn { ticket, .. } => {
                if let Some(open) = self.open.get_mut(ticket) {
                    open.offered = false;
                }
            }
            ActionKind::StateSet { agent, state } => self.state(at, *agent, *state),
            _ => {}
        }
    }

    fn event(&mut self, at: Timestamp, event: &EventKind) {
        match event {
            EventKind::AgentState { agent, state } => self.state(at, *agent, *state),
            EventKind::TicketArrived { ticket } => {
                let group = self.groups.of(ticket);
                let skill = self.groups.all[group].name.clone();
                let contact = self.queue(at, ticket.channel.clone(), skill, PassedOn::No);
                let open = Open {
                    contact,
                    arrived: at,
                    offered: false,
                    held: None,
                    replied: false,
                };
                self.open.insert(ticket.id, open);
                self.last.insert(ticket.id, contact);
                self.once(at, contact, Once::HandedOver);
            }
            EventKind::OfferRefused { ticket, .. } => {
                if let Some(open) = self.open.get_mut(ticket) {
                    open.offered = false;
                }
            }
            EventKind::OfferAccepted { ticket, agent } => {
                if let Some(open) = self.open.get(ticket) {
                    self.history.contacts[open.contact].wait = Wait::Accepted {
                        at,
                        agent: *agent,
                        talk: Talk::default(),
                    };
                }
            }
            EventKind::AgentReplied { ticket } => {
                if let Some(open) = self.open.get_mut(ticket)
                    && !std::mem::replace(&mut open.replied, true)
                {
                    let (contact, after) = (open.contact, at.duration_since(open.arrived));
                    self.once(at, contact, Once::FirstResponse(after));
                }
            }
            EventKind::HoldStarted { ticket } => {
                if let Some(open) = self.open.get_mut(ticket) {
                    open.held = Some(at);
                }
            }
            EventKind::HoldEnded { ticket } => self.resume(at, *ticket),
            EventKind::TransferRequested { ticket, to } => {
                self.end(at, *ticket, PassedOn::Yes);
                self.pass_on(at, *ticket, to);
            }
            EventKind::ContactEnded { ticket, outcome } => {
                self.end(at, *ticket, PassedOn::No);
                if let Some(open) = self.open.remove(ticket)
                    && *outcome == Outcome::Resolved
                {
                    let after = at.duration_since(open.arrived);
                    self.once(at, open.contact, Once::Resolved(after));
                }
            }
            EventKind::TicketAbandoned { ticket } => {
                if let Some(open) = self.open.remove(ticket) {
                    let offered = open.offered;
                    self.history.contacts[open.contact].wait = Wait::Abandoned { at, offered };
                }
            }
            EventKind::Rated { ticket, rating } => {
                if let Some(contact) = self.last.get(ticket) {
                    self.once(at, *contact, Once::Rated(*rating));
                }
            }
            EventKind::SelfServed {
                channel,
                outcome,
                rating,
                ..
            } => {
                let moment = |what| Moment {
                    at,
                    channel: channel.clone(),
                    skill: None,
                    agent: None,
                    what,
                };
                self.history
                    .moments
                    .push(moment(Once::SelfServed(*outcome)));
                let rated = rating.map(|rating| moment(Once::Rated(rating)));
                self.history.moments.extend(rated);
            }
            EventKind::AgentRegistered { .. } | EventKind::ModeChanged { .. } | EventKind::Tick => {
            }
        }
    }

    fn queue(
        &mut self,
        at: Timestamp,
        channel: Option<Channel>,
        skill: Skill,
        passed_on: PassedOn,
    ) -> usize {
        self.history.contacts.push(Contact {
            channel,
            skill,
            queued: at,
            passed_on,
            wait: Wait::Open,
        });
        self.history.contacts.len() - 1
    }

    /// A ticket begins to wait in another group.
    fn pass_on(&mut self, at: Timestamp, ticket: TicketId, to: &Skill) {
        let Some((open, group)) = self.open.get(&ticket).zip(self.groups.named(to)) else {
            return;
        };
        let channel = self.history.contacts[open.contact].channel.clone();
        let skill = self.groups.all[group].name.clone();
        let contact = self.queue(at, channel, skill, PassedOn::Yes);
        self.last.insert(ticket, contact);
        if let Some(open) = self.open.get_mut(&ticket) {
            open.contact = contact;
            open.offered = false;
        }
    }

    fn end(&mut self, at: Timestamp, ticket: TicketId, passed_on: PassedOn) {
        self.resume(at, ticket);
        let Some(open) = self.open.get(&ticket) else {
            return;
        };
        let number = open.contact;
        let contact = &mut self.history.contacts[number];
        if let Wait::Accepted { agent, talk, .. } = &mut contact.wait {
            talk.ended = Some(at);
            talk.passed_on = Some(passed_on);
            // None, unless he is put to after-contact work now.
            talk.after_work = Some(SignedDuration::ZERO);
            self.writing.insert(*agent, number);
        }
    }

    fn resume(&mut self, at: Timestamp, ticket: TicketId) {
        let Some(open) = self.open.get_mut(&ticket) else {
            return;
        };
        let contact = &mut self.history.contacts[open.contact];
        if let (Some(since), Wait::Accepted { talk, .. }) = (open.held.take(), &mut contact.wait) {
            talk.hold += at.duration_since(since);
        }
    }

    fn state(&mut self, at: Timestamp, agent: AgentId, state: AgentState) {
        let spells = &mut self.history.spells;
        if let Some(&number) = self.states.get(&agent) {
            let spell = &mut spells[number];
            spell.to = Some(at);
            let wrote = spell.state == AgentState::AfterWork;
            let took = at.duration_since(spell.from);
            if let Some(contact) = spell.contact.filter(|_| wrote) {
                self.set_after_work(contact, Some(took));
            }
        }
        let contact = self.writing.remove(&agent);
        let writes = state == AgentState::AfterWork;
        if let Some(contact) = contact.filter(|_| writes) {
            self.set_after_work(contact, None);
        }
        self.states.insert(agent, self.history.spells.len());
        self.history.spells.push(Spell {
            agent,
            state,
            from: at,
            to: None,
            contact: contact.filter(|_| writes),
        });
    }

    fn set_after_work(&mut self, contact: usize, time: Option<SignedDuration>) {
        if let Wait::Accepted { talk, .. } = &mut self.history.contacts[contact].wait {
            talk.after_work = time;
        }
    }

    fn once(&mut self, at: Timestamp, contact: usize, what: Once) {
        let of = &self.history.contacts[contact];
        let moment = Moment {
            at,
            channel: of.channel.clone(),
            skill: Some(of.skill.clone()),
            agent: of.agent(),
            what,
        };
        self.history.moments.push(moment);
    }
}
