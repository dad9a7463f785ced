//! Who is let in, and in which order, when more is asked than can be answered.
//!
//! A fixed number of answers is made at the same time. Who finds no place waits in one of two lanes, the first of which
//! always goes first. How long a newcomer would wait is known from how many are ahead and how long answers take; who
//! would wait too long is refused at once, while refusing is still cheap. A newcomer of the first lane pushes the last
//! one of the second out instead.
//!
//! Several tenants share the places. When one is free, it goes to the next tenant that somebody waits for, one tenant after
//! the other: who asks for a lot waits for himself, and takes nothing from the others but what they leave.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use crate::problem::{Problem, ProblemKind};

/// How much the newest answer counts in the mean time of answers.
const NEWEST: f64 = 0.05;
/// The mean before anything was answered, in seconds.
const FIRST_GUESS: f64 = 0.01;
/// Nobody is told to come back sooner.
const SOONEST: Duration = Duration::from_secs(1);

/// Which lane a request takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Urgent conversations, VIPs, key channels.
    First,
    /// Everybody else.
    Second,
}

/// Lets the requests of a tenant in. Clones are one.
#[derive(Debug, Clone)]
pub struct Admission {
    shared: Arc<Shared>,
    tenant: usize,
    patience: Duration,
}

#[derive(Debug)]
struct Shared {
    places: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    tenants: Vec<Waiting>,
    /// Who had a place last.
    last: usize,
    /// Mean seconds of an answer.
    mean: f64,
}

/// What waits of a tenant.
#[derive(Debug, Default)]
struct Waiting {
    lanes: [VecDeque<oneshot::Sender<Turn>>; 2],
    busy: usize,
    refused: u64,
}

/// What one who waits is told.
#[derive(Debug)]
enum Turn {
    /// It is his turn. The place is his: who is gone by then gives it back by dropping it.
    Go(Place),
    /// Somebody more urgent has taken his place in the queue.
    PushedOut,
}

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Answers that are being made.
    pub busy: usize,
    /// Requests that wait.
    pub waiting: usize,
    /// How long a newcomer would wait.
    pub expected: Duration,
    /// Requests that were refused so far.
    pub refused: u64,
}

/// A place at which one answer is made; it is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    shared: Arc<Shared>,
    tenant: usize,
    since: Instant,
}

impl Admission {
    /// For so many answers at the same time, and waits up to `patience`.
    #[must_use]
    pub fn new(places: usize, patience: Duration) -> Self {
        let places = places.max(1);
        let state = State {
            free: places,
            tenants: vec![Waiting::default()],
            last: 0,
            mean: FIRST_GUESS,
        };
        Self {
            shared: Arc::new(Shared {
                places,
                state: Mutex::new(state),
            }),
            tenant: 0,
            patience,
        }
    }

    /// Another tenant at the same places.
    #[must_use]
    pub fn another(&self, patience: Duration) -> Self {
        let mut state = self.shared.lock();
        state.tenants.push(Waiting::default());
        Self {
            shared: Arc::clone(&self.shared),
            tenant: state.tenants.len() - 1,
            patience,
        }
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// [`ProblemKind::Overloaded`] with when to come back.
    pub async fn enter(&self, lane: Lane) -> Result<Place, Problem> {
        let receiver = match self.ask(lane) {
            Asked::Go(place) => return Ok(place),
            Asked::Refused(wait) => return Err(overloaded(wait)),
            Asked::Wait(receiver) => receiver,
        };
        // The expectation may have been wrong: nobody waits for more than twice his patience.
        match tokio::time::timeout(self.patience * 2, receiver).await {
            Ok(Ok(Turn::Go(place))) => Ok(place),
            Ok(Ok(Turn::PushedOut) | Err(_)) | Err(_) => {
                let mut state = self.shared.lock();
                state.tenants[self.tenant].refused += 1;
                let wait = state.expected(self.tenant, Lane::Second, self.shared.places);
                drop(state);
                Err(overloaded(wait))
            }
        }
    }

    /// How things stand.
    #[must_use]
    pub fn load(&self) -> Load {
        let state = self.shared.lock();
        let own = &state.tenants[self.tenant];
        Load {
            busy: own.busy,
            waiting: own.lanes.iter().map(VecDeque::len).sum(),
            expected: state.expected(self.tenant, Lane::Second, self.shared.places),
            refused: own.refused,
        }
    }

    fn ask(&self, lane: Lane) -> Asked {
        let (tenant, places) = (self.tenant, self.shared.places);
        let mut state = self.shared.lock();
        if state.free > 0 {
            state.free -= 1;
            return Asked::Go(self.shared.place(&mut state, tenant));
        }
        let mut expected = state.expected(tenant, lane, places);
        if expected > self.patience {
            // Those who have left make nobody wait, nor is one of them pushed out for somebody who is there.
            state.forget_gone();
            expected = state.expected(tenant, lane, places);
        }
        let own = &mut state.tenants[tenant];
        if expected > self.patience {
            let pushed_out = match lane {
                Lane::First => own.lanes[1].pop_back(),
                Lane::Second => None,
            };
            let Some(pushed_out) = pushed_out else {
                own.refused += 1;
                return Asked::Refused(expected);
            };
            // Who is gone does not hear it.
            let _ = pushed_out.send(Turn::PushedOut);
        }
        let (sender, receiver) = oneshot::channel();
        own.lanes[lane as usize].push_back(sender);
        Asked::Wait(receiver)
    }
}

enum Asked {
    Go(Place),
    Wait(oneshot::Receiver<Turn>),
    Refused(Duration),
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(self: &Arc<Self>, state: &mut State, tenant: usize) -> Place {
        state.tenants[tenant].busy += 1;
        state.last = tenant;
        Place {
            shared: Arc::clone(self),
            tenant,
            since: Instant::now(),
        }
    }
}

impl State {
    fn forget_gone(&mut self) {
        for lane in self.tenants.iter_mut().flat_map(|own| &mut own.lanes) {
            lane.retain(|waiting| !waiting.is_closed());
        }
    }

    /// How long a newcomer of a lane would wait: while others wait as well, each tenant has its share of the places.
    fn expected(&self, tenant: usize, lane: Lane, places: usize) -> Duration {
        if self.free > 0 {
            return Duration::ZERO;
        }
        let own = &self.tenants[tenant];
        let ahead: usize = match lane {
            Lane::First => own.lanes[0].len(),
            Lane::Second => own.lanes.iter().map(VecDeque::len).sum(),
        };
        let others = self.tenants.iter().enumerate();
        let others = others.filter(|(i, other)| *i != tenant && other.is_waited_for());
        let share = places as f64 / (1 + others.count()) as f64;
        Duration::from_secs_f64((ahead + 1) as f64 * self.mean / share)
    }

    /// The next one in turn, and whose it is.
    fn next(&mut self) -> Option<(usize, oneshot::Sender<Turn>)> {
        let count = self.tenants.len();
        (1..=count)
            .map(|step| (self.last + step) % count)
            .find_map(|tenant| {
                let lanes = &mut self.tenants[tenant].lanes;
                let next = lanes.iter_mut().find_map(VecDeque::pop_front)?;
                Some((tenant, next))
            })
    }
}

impl Waiting {
    fn is_waited_for(&self) -> bool {
        self.lanes.iter().any(|lane| !lane.is_empty())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let took = self.since.elapsed().as_secs_f64();
        let mut state = self.shared.lock();
        state.mean += NEWEST * (took - state.mean);
        state.tenants[self.tenant].busy -= 1;
        loop {
            let Some((tenant, next)) = state.next() else {
                state.free += 1;
                return;
            };
            if next.is_closed() {
                continue;
            }
            let place = self.shared.place(&mut state, tenant);
            // A refused hand-over would drop the place under the lock, and drop it again from there.
            drop(state);
            // Who is gone just now drops the place, which goes to the next one then.
            let _ = next.send(Turn::Go(place));
            return;
        }
    }
}

fn overloaded(wait: Duration) -> Problem {
    Problem::new(ProblemKind::Overloaded, "现在的请求超过了能处理的数量")
        .retry_after(wait.max(SOONEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn settle() {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_finds_no_place_waits_and_the_first_lane_goes_first() {
        let admission = Admission::new(1, Duration::from_secs(60));
        let place = admission.enter(Lane::Second).await.unwrap();
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        for lane in [Lane::Second, Lane::First, Lane::Second, Lane::First] {
            let (admission, sender) = (admission.clone(), sender.clone());
            tokio::spawn(async move {
                let _place = admission.enter(lane).await.unwrap();
                sender.send(lane).unwrap();
            });
            settle().await;
        }
        assert_eq!(admission.load().waiting, 4);
        drop(place);
        for expected in [Lane::First, Lane::First, Lane::Second, Lane::Second] {
            assert_eq!(order.recv().await, Some(expected));
        }
        settle().await;
        assert_eq!(admission.load().busy, 0);
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_refused_at_once_unless_he_can_push() {
        // One place, 10 ms an answer: the second one who waits would wait for 20 ms.
        let admission = Admission::new(1, Duration::from_millis(15));
        let place = admission.enter(Lane::Second).await.unwrap();
        let waiting = tokio::spawn({
            let admission = admission.clone();
            async move { admission.enter(Lane::Second).await.map(drop) }
        });
        settle().await;
        let refused = admission.enter(Lane::Second).await.unwrap_err();
        assert_eq!(refused.kind, ProblemKind::Overloaded);
        assert!(refused.retry_after >= Some(SOONEST));
        let first = tokio::spawn({
            let admission = admission.clone();
            async move { admission.enter(Lane::First).await.map(drop) }
        });
        settle().await;
        let second = tokio::spawn({
            let admission = admission.clone();
            async move { admission.enter(Lane::First).await.map(drop) }
        });
        settle().await;
        assert!(waiting.await.unwrap().is_err(), "pushed out");
        drop(place);
        assert!(first.await.unwrap().is_ok());
        assert!(second.await.unwrap().is_ok());
        assert_eq!(admission.load().refused, 2);
    }

    #[tokio::test]
    async fn nobody_is_refused_because_of_those_who_have_left() {
        let admission = Admission::new(1, Duration::from_millis(15));
        let place = admission.enter(Lane::Second).await.unwrap();
        let waits = |lane| {
            let admission = admission.clone();
            tokio::spawn(async move { admission.enter(lane).await.map(drop) })
        };
        let gone = waits(Lane::Second);
        settle().await;
        gone.abort();
        let _ = gone.await;
        let there = waits(Lane::Second);
        settle().await;
        drop(place);
        assert!(there.await.unwrap().is_ok());
        assert_eq!(admission.load().refused, 0);
    }

    #[tokio::test]
    async fn a_noisy_tenant_waits_for_himself() {
        let noisy = Admission::new(1, Duration::from_secs(60));
        let quiet = noisy.another(Duration::from_secs(60));
        let place = noisy.enter(Lane::Second).await.unwrap();
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        let wait = |admission: &Admission, lane, name| {
            let (admission, sender) = (admission.clone(), sender.clone());
            tokio::spawn(async move {
                let _place = admission.enter(lane).await.unwrap();
                sender.send(name).unwrap();
            });
        };
        for _ in 0..5 {
            wait(&noisy, Lane::First, "noisy");
        }
        settle().await;
        for _ in 0..2 {
            wait(&quiet, Lane::Second, "quiet");
        }
        settle().await;
        assert_eq!((noisy.load().waiting, quiet.load().waiting), (5, 2));
        // Two ahead in its own queue, and half of the place.
        assert_eq!(
            quiet.load().expected,
            6 * Duration::from_secs_f64(FIRST_GUESS)
        );
        drop(place);
        let mut came = Vec::new();
        for _ in 0..7 {
            came.push(order.recv().await.unwrap());
        }
        assert_eq!(came[..4], ["quiet", "noisy", "quiet", "noisy"]);
        settle().await;
        assert_eq!((noisy.load().busy, quiet.load().busy), (0, 0));
    }

    #[tokio::test]
    async fn who_goes_away_leaves_no_hole() {
        let admission = Admission::new(1, Duration::from_secs(60));
        let place = admission.enter(Lane::Second).await.unwrap();
        let gone = tokio::spawn({
            let admission = admission.clone();
            async move { admission.enter(Lane::First).await.map(drop) }
        });
        settle().await;
        gone.abort();
        let _ = gone.await;
        drop(place);
        assert_eq!(admission.load().busy, 0);
        admission.enter(Lane::Second).await.unwrap();
    }
}
