//! Puts together what belongs together in a log.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    History, PassedOn,
    record::{Contact, Moment, Once, Spell, Talk, Wait},
};
use crate::{
    ActionKind, AgentId, AgentState, Carried, Channel, EventKind, Groups, Line, Logged, Outcome,
    Skill, Spoken, Ticket, TicketId,
};

/// A ticket, while the log is read.
#[derive(Debug)]
struct Open {
    contact: usize,
    arrived: Timestamp,
    offered: bool,
    held: Option<Timestamp>,
    replied: bool,
}

/// A history in the making, of a log that is read line by line: of whatever length, and under rules that change.
///
/// ```
/// use jieda_routing::{Rules, figures::{Cut, Period, Reader}};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut reader = Reader::new(Rules::shipped()?.groups);
/// // for logged in log { reader.read(&logged); }
/// let history = reader.finish();
/// let day = Period { from: "2026-11-30T00:00:00+08:00".parse()?, to: "2026-12-01T00:00:00+08:00".parse()? };
/// assert_eq!(history.figures(&day, &Cut::default()).open, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Reader {
    groups: Groups,
    /// What happened once before this, is of no interest.
    since: Timestamp,
    history: History,
    open: HashMap<TicketId, Open>,
    /// The last contact of a ticket: it is rated when it is over, too.
    last: HashMap<TicketId, usize>,
    /// The state of each agent, by its spell.
    states: HashMap<AgentId, usize>,
    /// The contact that an agent is writing up.
    writing: HashMap<AgentId, usize>,
}

impl Reader {
    /// For a log that begins under these groups.
    #[must_use]
    pub fn new(groups: Groups) -> Self {
        Self {
            groups,
            since: Timestamp::MIN,
            history: History {
                contacts: Vec::new(),
                moments: Vec::new(),
                spells: Vec::new(),
                until: Timestamp::MIN,
            },
            open: HashMap::new(),
            last: HashMap::new(),
            states: HashMap::new(),
            writing: HashMap::new(),
        }
    }

    /// The same where no period will be asked for that begins before a time: it takes less memory.
    #[must_use]
    pub fn since(self, since: Timestamp) -> Self {
        Self { since, ..self }
    }

    /// Other rules have come into force: from here on these are the groups.
    pub fn regroup(&mut self, groups: Groups) {
        self.groups = groups;
    }

    /// All that was read.
    #[must_use]
    pub fn finish(self) -> History {
        self.history
    }

    /// Reads the next line of the log. Events that were refused happened to nobody.
    pub fn read(&mut self, logged: &Logged) {
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
            // Its history goes on, unless that was deleted.
            EventKind::TicketCarried {
                ticket,
                since,
                with,
                ..
            } => {
                if let Some(open) = self.open.get_mut(&ticket.id) {
                    open.offered = false;
                } else {
                    self.pick_up(at, ticket, *since, with.as_ref());
                }
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
                if at >= self.since {
                    let rated = rating.map(|rating| moment(Once::Rated(rating)));
                    let served = moment(Once::SelfServed(*outcome));
                    self.history.moments.push(served);
                    self.history.moments.extend(rated);
                }
            }
            EventKind::AgentRegistered { .. } | EventKind::ModeChanged { .. } | EventKind::Tick => {
            }
        }
    }

    /// A ticket of which nothing is known from before.
    fn pick_up(
        &mut self,
        at: Timestamp,
        ticket: &Ticket,
        since: Timestamp,
        with: Option<&Carried>,
    ) {
        let group = self.groups.of(ticket);
        let skill = self.groups.all[group].name.clone();
        let contact = self.queue(since, ticket.channel.clone(), skill, PassedOn::No);
        let open = Open {
            contact,
            arrived: since,
            offered: false,
            held: with.filter(|with| with.line == Line::Held).map(|_| at),
            replied: with.is_some_and(|with| with.spoken == Spoken::Begun),
        };
        self.open.insert(ticket.id, open);
        self.last.insert(ticket.id, contact);
        if let Some(with) = with {
            self.history.contacts[contact].wait = Wait::Accepted {
                at,
                agent: with.agent,
                talk: Talk::default(),
            };
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
        if at < self.since {
            return;
        }
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
