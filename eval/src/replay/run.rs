//! A whole log, chunk by chunk.

use std::io;

use jieda::{Engine, EngineError, Faults};
use jieda_types::{Event, StageError};
use rayon::prelude::*;

use super::{
    Change, Comparison, Course, PassedOver, RememberingEncoder, ReplayReport, SideIdentity,
    SideName, SideReport,
    collect::{Differences, Made, Side, made_now, made_then},
    play::{Player, Step},
    report::differences,
};
use crate::logs::{Log, Recorded};

/// Turns that are held and encoded at once.
const CHUNK_TURNS: usize = 20_000;
/// Conversations between two reports of progress.
const BATCH: usize = 256;

/// What is replayed on.
#[derive(Debug, Clone, Copy)]
pub struct Replay<'a> {
    /// The first engine.
    pub a: &'a Engine,
    /// The second, to compare.
    pub b: Option<&'a Engine>,
    /// What both encode with.
    pub encoder: &'a RememberingEncoder,
    /// What leads up to each turn.
    pub course: Course,
}

/// Who wants to know how a replay gets on.
pub trait Watch {
    /// So many of the log's conversations are done.
    fn progress(&mut self, done: usize, all: usize);

    /// A decision changes; told in the order of the log.
    ///
    /// # Errors
    /// Whatever keeps it from being written; it ends the replay.
    fn changed(&mut self, change: Change) -> io::Result<()>;
}

/// Why a replay can't go on.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The log has changed since it was checked.
    #[error(transparent)]
    Log(#[from] Faults),
    /// An engine fails.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The encoder fails; engines would go on by words alone.
    #[error(transparent)]
    Encoder(#[from] StageError),
    /// A change can't be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// What both engines made of a conversation.
struct Played {
    a: Vec<Step>,
    b: Option<Vec<Step>>,
}

#[derive(Default)]
struct Totals {
    passed_over: PassedOver,
    recorded: Side,
    a: Side,
    b: Side,
    differences: Differences,
}

impl Replay<'_> {
    /// Replays a log from where it is to its end.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub fn run(&self, log: &mut Log, watch: &mut dyn Watch) -> Result<ReplayReport, ReplayError> {
        let player = |engine| Player::new(engine, self.course, log.variables());
        let players = (player(self.a), self.b.map(player));
        let all = log.facts().conversations;
        let mut totals = Totals::default();
        let mut done = 0;
        watch.progress(0, all);
        loop {
            let chunk = log.chunk(CHUNK_TURNS)?;
            if chunk.is_empty() {
                break;
            }
            self.encode(&chunk)?;
            for batch in chunk.chunks(BATCH) {
                let played: Vec<Played> = batch
                    .par_iter()
                    .map(|recorded| play(&players, recorded))
                    .collect::<Result<_, _>>()?;
                if let Some(why) = self.encoder.failure() {
                    return Err(StageError::new("encoder", why).into());
                }
                for (recorded, played) in batch.iter().zip(&played) {
                    totals.add(recorded, played, watch)?;
                }
                done += batch.len();
                watch.progress(done, all);
            }
        }
        Ok(self.report(log, totals))
    }

    /// Encodes what will be said, as both engines read it.
    fn encode(&self, chunk: &[Recorded]) -> Result<(), StageError> {
        self.encoder.forget_if_full();
        let texts: Vec<&str> = chunk
            .iter()
            .flat_map(|recorded| &recorded.turns)
            .filter_map(|turn| match &turn.event {
                Event::Said { text, .. } => Some(text.as_str()),
                _ => None,
            })
            .collect();
        // What can't be read is left to the engine.
        let read = |engine: &Engine| -> Vec<String> {
            let texts = texts.par_iter();
            texts
                .filter_map(|text| Some(engine.searcher().segment(text).ok()?.normalized))
                .collect()
        };
        for engine in [Some(self.a), self.b].into_iter().flatten() {
            let normalized = read(engine);
            self.encoder.learn(normalized.iter().map(String::as_str))?;
        }
        Ok(())
    }

    fn report(&self, log: &Log, totals: Totals) -> ReplayReport {
        let Totals {
            passed_over,
            recorded,
            a,
            b,
            differences: between,
        } = totals;
        let has_record = log.facts().decided > 0;
        let (names, pair) = match self.b {
            Some(_) => ((SideName::A, SideName::B), Some((&a, &b))),
            None => (
                (SideName::Recorded, SideName::A),
                has_record.then_some((&recorded, &a)),
            ),
        };
        let comparison = pair.map(|(from, to)| Comparison {
            from: names.0,
            to: names.1,
            figures: differences(from.tallies(), to.tallies()),
            changed: between.changes(),
        });
        let side = |engine: &Engine, side: Side| SideReport {
            identity: Some(SideIdentity::of(engine)),
            figures: side.figures(engine),
        };
        ReplayReport {
            format: log.format(),
            course: self.course,
            variables: log.variables(),
            log: *log.facts(),
            passed_over,
            recorded: has_record.then(|| SideReport {
                identity: None,
                figures: recorded.then(),
            }),
            a: side(self.a, a),
            b: self.b.map(|engine| side(engine, b)),
            comparison,
        }
    }
}

fn play(
    players: &(Player<'_>, Option<Player<'_>>),
    recorded: &Recorded,
) -> Result<Played, EngineError> {
    Ok(Played {
        a: players.0.play(recorded)?,
        b: players
            .1
            .as_ref()
            .map(|player| player.play(recorded))
            .transpose()?,
    })
}

impl Totals {
    fn add(
        &mut self,
        recorded: &Recorded,
        played: &Played,
        watch: &mut dyn Watch,
    ) -> io::Result<()> {
        for step in &played.a {
            self.passed_over.with_human += usize::from(*step == Step::WithHuman);
            self.passed_over.unreadable += usize::from(*step == Step::Unreadable);
        }
        let then = made_then(recorded);
        let a = made_now(&played.a);
        self.recorded.add(recorded, &then);
        self.a.add(recorded, &a);
        let b: Option<Vec<Made<'_>>> = played.b.as_deref().map(made_now);
        if let Some(b) = &b {
            self.b.add(recorded, b);
            if let (Some(a), Some(b)) = (self.a.tallies().last(), self.b.tallies().last()) {
                self.differences.judge((a, b));
            }
        }
        let pair = match &b {
            Some(b) => (a.as_slice(), b.as_slice()),
            None => (then.as_slice(), a.as_slice()),
        };
        self.differences
            .add(recorded, pair, &mut |change| watch.changed(change))
    }
}
