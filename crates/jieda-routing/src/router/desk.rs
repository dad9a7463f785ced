//! Agents, and who of them is next.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::lanes::{Lane, LaneKey};
use crate::{Agent, AgentId, AgentState, Group, Rules, Selection, TicketId};

/// An agent's seat, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Seat(pub(super) usize);

/// All agents. Those who could take the same tickets are a team: of each team, the first in order is all
/// that a ticket has to look at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Desk {
    by: Selection,
    numbers: HashMap<AgentId, Seat>,
    seats: Vec<Desker>,
    teams: Vec<Team>,
    /// For each lane, the teams that may serve it.
    serving: Vec<Vec<Service>>,
    /// How many picks were drawn at random.
    pub(super) draws: u64,
}

/// An agent at work.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Desker {
    pub(super) agent: Agent,
    pub(super) state: AgentState,
    pub(super) on_shift: bool,
    /// Contacts and offers, and since when he has had them.
    pub(super) tickets: BTreeMap<TicketId, i64>,
    pub(super) team: usize,
    /// His place in the team's order, while he has a free one.
    place: Option<Place>,
    /// How long his places were taken, divided by their number, in milliseconds; from where his colleagues
    /// were when he began.
    worked: u64,
    /// When he was given something last, as a number.
    given: u64,
    /// When a contact of his ended last, as a number.
    ended: u64,
    /// Most tickets that he may have: his places, or those that he had when his places became fewer, as far
    /// as he still has them.
    pub(super) most: usize,
    /// Offers that he missed in a row.
    pub(super) misses: u32,
    /// Tells timers of this state from those of earlier ones.
    pub(super) number: u64,
    /// Tells timers of this registration from those of earlier ones.
    pub(super) registration: u64,
}

/// When something happens: milliseconds since the epoch, and a number that tells what comes first in one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp {
    pub(super) time: i64,
    pub(super) number: u64,
}

/// Who goes first: the least.
type Place = (u64, u64, u64, Seat);

/// Agents who could take the same tickets.
#[derive(Debug, Clone, PartialEq)]
struct Team {
    /// One of them, as a pattern; without what is his own.
    like: Agent,
    /// Places of ordinary tickets.
    ordinary: usize,
    /// All places.
    capacity: usize,
    free: BTreeSet<Place>,
    lanes: Vec<Service>,
    /// What the one who was given something last had worked: who begins, begins there, so that he makes up
    /// for no time in which he was not there. So start the flows of start-time fair queueing (P. Goyal,
    /// H. M. Vin, H. Cheng, SIGCOMM 1996).
    pace: u64,
}

/// That a team may serve a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) team: usize,
    pub(super) lane: Lane,
    /// With less than so many tickets.
    limit: usize,
    /// Lower goes first: seniors where a ticket is escalated, own group before others.
    pub(super) rank: Rank,
}

/// What goes ahead of the order of agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    not_senior: bool,
    /// Not of the ticket's own group.
    pub(super) helps_out: bool,
}

impl Desk {
    pub(super) fn new(by: Selection) -> Self {
        Self {
            by,
            numbers: HashMap::new(),
            seats: Vec::new(),
            teams: Vec::new(),
            serving: Vec::new(),
            draws: 0,
        }
    }

    pub(super) fn find(&self, agent: AgentId) -> Option<Seat> {
        self.numbers.get(&agent).copied()
    }

    pub(super) fn at(&self, seat: Seat) -> &Desker {
        &self.seats[seat.0]
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Desker> {
        self.seats.iter()
    }

    pub(super) fn capacity(&self, seat: Seat) -> usize {
        self.teams[self.at(seat).team].capacity
    }

    /// Changes an agent, and finds his place anew.
    pub(super) fn change(&mut self, seat: Seat, change: impl FnOnce(&mut Desker)) {
        let desker = &mut self.seats[seat.0];
        change(desker);
        let capacity = self.teams[desker.team].capacity;
        let is_free =
            desker.state == AgentState::Ready && desker.on_shift && desker.tickets.len() < capacity;
        let load = desker.tickets.len() as u64;
        let place = is_free.then(|| match self.by {
            Selection::LeastLoaded => (load, desker.worked, desker.given, seat),
            Selection::RoundRobin => (desker.given, 0, 0, seat),
            Selection::LongestIdle => (desker.ended, desker.given, 0, seat),
            Selection::Random { seed } => {
                let own = seat.0 as u64 ^ (desker.given << 20) ^ (desker.ended << 42);
                (mixed(seed ^ mixed(own)), 0, 0, seat)
            }
        });
        if place == desker.place {
            return;
        }
        let free = &mut self.teams[desker.team].free;
        if let Some(old) = std::mem::replace(&mut desker.place, place) {
            free.remove(&old);
        }
        free.extend(place);
    }

    /// Gives an agent a ticket; `number` grows from gift to gift.
    pub(super) fn give(&mut self, seat: Seat, ticket: TicketId, at: Stamp) {
        let (worked, team) = (self.at(seat).worked, self.at(seat).team);
        let pace = &mut self.teams[team].pace;
        *pace = worked.max(*pace);
        self.change(seat, |desker| {
            desker.tickets.insert(ticket, at.time);
            desker.given = at.number;
        });
    }

    /// Takes a ticket off an agent.
    pub(super) fn take_off(&mut self, seat: Seat, ticket: TicketId, at: Stamp) {
        let capacity = self.capacity(seat);
        self.change(seat, |desker| {
            let since = desker.tickets.remove(&ticket);
            let took = since.map_or(0, |since| at.time.abs_diff(since));
            desker.worked += took / capacity.max(1) as u64;
            desker.most = desker.tickets.len().max(capacity);
            desker.ended = at.number;
        });
    }

    /// An agent begins: where those are whose work he shares.
    pub(super) fn begin(&mut self, seat: Seat) {
        let lanes = &self.teams[self.at(seat).team].lanes;
        let sharing = lanes
            .iter()
            .flat_map(|service| &self.serving[service.lane.0]);
        let pace = sharing.map(|service| self.teams[service.team].pace).max();
        self.change(seat, |desker| {
            desker.worked = desker.worked.max(pace.unwrap_or(0));
        });
    }

    /// Adds an agent, or changes what is known of him.
    pub(super) fn register(&mut self, agent: &Agent, rules: &Rules, lanes: &super::Lanes) -> Seat {
        let team = self.team_of(agent, rules, lanes);
        if let Some(seat) = self.find(agent.id) {
            if let Some(place) = self.seats[seat.0].place.take() {
                let old = self.seats[seat.0].team;
                self.teams[old].free.remove(&place);
            }
            let desker = &mut self.seats[seat.0];
            desker.agent = agent.clone();
            desker.team = team;
            desker.most = desker.tickets.len().max(self.teams[team].capacity);
            self.change(seat, |_| {});
            return seat;
        }
        let capacity = self.teams[team].capacity;
        let seat = Seat(self.seats.len());
        self.numbers.insert(agent.id, seat);
        self.seats.push(Desker {
            agent: agent.clone(),
            state: AgentState::Offline,
            on_shift: true,
            tickets: BTreeMap::new(),
            team,
            place: None,
            worked: 0,
            most: capacity,
            given: 0,
            ended: 0,
            misses: 0,
            number: 0,
            registration: 0,
        });
        seat
    }

    fn team_of(&mut self, agent: &Agent, rules: &Rules, lanes: &super::Lanes) -> usize {
        let capacity = agent.capacity.min(rules.concurrent);
        let like = Agent {
            id: AgentId(0),
            name: String::new(),
            shifts: Vec::new(),
            capacity,
            ..agent.clone()
        };
        if let Some(team) = self.teams.iter().position(|team| team.like == like) {
            return team;
        }
        let capacity = usize::from(capacity);
        let reserve = usize::from(rules.escalation.reserve);
        let is_senior = like.skills.values().any(|l| *l >= rules.escalation.senior);
        let ordinary = match is_senior {
            true => capacity.saturating_sub(reserve).max(1).min(capacity),
            false => capacity,
        };
        let team = self.teams.len();
        self.teams.push(Team {
            like,
            ordinary,
            capacity,
            free: BTreeSet::new(),
            lanes: Vec::new(),
            pace: 0,
        });
        for (lane, key) in lanes.all() {
            self.serve(team, lane, key, rules);
        }
        team
    }

    /// Finds the teams of a new lane.
    pub(super) fn open_lane(&mut self, lane: Lane, key: &LaneKey, rules: &Rules) {
        for team in 0..self.teams.len() {
            self.serve(team, lane, key, rules);
        }
    }

    fn serve(&mut self, number: usize, lane: Lane, key: &LaneKey, rules: &Rules) {
        if self.serving.len() <= lane.0 {
            self.serving.resize(lane.0 + 1, Vec::new());
        }
        let team = &mut self.teams[number];
        let Some(rank) = rank(&team.like, key, rules) else {
            return;
        };
        let limit = match key.may_use_reserve() {
            true => team.capacity,
            false => team.ordinary,
        };
        let service = Service {
            team: number,
            lane,
            limit,
            rank,
        };
        team.lanes.push(service);
        self.serving[lane.0].push(service);
    }

    /// The lanes that an agent may take from now.
    pub(super) fn lanes_of(&self, seat: Seat) -> impl Iterator<Item = Service> {
        let desker = self.at(seat);
        let load = match desker.place {
            Some(_) => desker.tickets.len(),
            None => usize::MAX,
        };
        let services = self.teams[desker.team].lanes.iter().copied();
        services.filter(move |service| load < service.limit)
    }

    /// That an agent may take from a lane now.
    pub(super) fn may_serve(&self, seat: Seat, lane: Lane) -> Option<Service> {
        self.lanes_of(seat).find(|service| service.lane == lane)
    }

    /// The agent who takes the next ticket of a lane, if one has a free place.
    pub(super) fn next_for(
        &self,
        lane: Lane,
        is_paused: impl Fn(Seat) -> bool,
    ) -> Option<(Seat, Service)> {
        let services = self.serving.get(lane.0)?;
        let point = match self.by {
            Selection::Random { seed } => mixed(seed.wrapping_add(self.draws)),
            _ => 0,
        };
        let of_team = |service: &Service| {
            let team = &self.teams[service.team];
            let fits = |place: &&Place| {
                let load = self.at(place.3).tickets.len();
                load < service.limit && !is_paused(place.3)
            };
            // Places at random lie on a ring: the next one from a random point on is taken.
            let from = (point, 0, 0, Seat(0));
            let place = match self.by {
                Selection::Random { .. } => {
                    let rest = team.free.range(..from);
                    team.free.range(from..).chain(rest).find(fits)
                }
                // Who comes next has as many tickets or more.
                Selection::LeastLoaded => {
                    let below = |place: &&Place| place.0 < service.limit as u64;
                    team.free.iter().take_while(below).find(fits)
                }
                _ => team.free.iter().find(fits),
            };
            place.map(|place| ((service.rank, self.order(*place, point, team)), *service))
        };
        let best = services.iter().filter_map(of_team);
        best.min_by_key(|(order, _)| *order)
            .map(|((_, (.., seat)), service)| (seat, service))
    }

    /// An order across teams: of loads, the share of the places that are taken.
    fn order(&self, place: Place, point: u64, team: &Team) -> Place {
        let (first, second, third, seat) = place;
        let first = match self.by {
            Selection::LeastLoaded => first * 1_000_000 / team.capacity.max(1) as u64,
            Selection::Random { .. } => first.wrapping_sub(point),
            Selection::LongestIdle | Selection::RoundRobin => first,
        };
        (first, second, third, seat)
    }
}

/// Whether a team may serve a lane at all, and how high it ranks there.
fn rank(like: &Agent, key: &LaneKey, rules: &Rules) -> Option<Rank> {
    let channel = key.channel.as_ref();
    let language = key.language.as_ref();
    let serves_channel =
        like.channels.is_empty() || channel.is_none_or(|channel| like.channels.contains(channel));
    let speaks = like.languages.is_empty()
        || language.is_none_or(|language| like.languages.contains(language));
    if !serves_channel || !speaks {
        return None;
    }
    let groups = &rules.groups.all;
    let level_in = |group: &Group| {
        let level = like.skills.get(&group.name).copied();
        level.filter(|level| *level >= group.level)
    };
    let own = &groups[key.group];
    let helping = own.overflow.iter().map(|&other| &groups[other]);
    let (level, helps_out) = match level_in(own) {
        Some(level) => (level, false),
        None if key.overflowed => (helping.filter_map(level_in).max()?, true),
        None => return None,
    };
    Some(Rank {
        not_senior: key.escalated && level < rules.escalation.senior,
        helps_out,
    })
}

/// SplitMix64: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA
/// 2014.
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
