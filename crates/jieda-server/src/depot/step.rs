//! What this replica does in a roll-out. Each step is a state of the depot: of two replicas that take the same one, one is
//! first, and the other sees that with its next look.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jieda::{Timestamp, release::ReleaseId};
use jieda_depot::{DepotError, DepotState, Rollout};

use super::{
    Replica,
    replica::{AtWork, blocking},
    trial::{Trial, compare},
};

/// A canary that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);

impl Replica {
    /// Takes the next step of a roll-out, if it is this replica's.
    pub(super) async fn step(
        &self,
        work: &mut AtWork,
        state: &DepotState,
    ) -> Result<(), DepotError> {
        let Some(rollout) = &state.rollout else {
            self.set_trial(None);
            work.since = None;
            work.watcher.only(None);
            return Ok(());
        };
        let own = &self.config.replica;
        match rollout.canary.as_ref().map(|canary| &canary.replica) {
            None => self.try_it(work, state, rollout).await,
            Some(canary) if canary == own => self.watch(work, state, rollout).await,
            Some(canary) => {
                self.set_trial(None);
                work.since = None;
                work.watcher.only(Some(canary));
                let reports = self.depot.reports().await?;
                if work.watcher.silence(&reports, canary, Instant::now()) < SILENCE {
                    return Ok(());
                }
                tracing::warn!(%canary, "a canary is gone; this replica takes its place");
                self.try_it(work, state, rollout).await
            }
        }
    }

    /// Looks at the release, and becomes its canary, or sends it back.
    async fn try_it(
        &self,
        work: &mut AtWork,
        state: &DepotState,
        rollout: &Rollout,
    ) -> Result<(), DepotError> {
        let release = &rollout.release;
        if let Some(why) = self.fault_of(release).await? {
            work.refuse(release.clone(), why.clone());
            return self.end(state, why).await;
        }
        let claimed = state.claimed(&self.config.replica, Timestamp::now());
        let Some(claimed) = claimed else {
            return Ok(());
        };
        if !self.advance(&claimed).await? {
            return Ok(());
        }
        // What it is compared with: what answers now.
        let baseline = self.live.serving();
        self.set_trial(Some(Trial::new(release.clone(), baseline)));
        work.since = None;
        work.state = Some(claimed.clone());
        tracing::info!(%release, "this replica is the canary");
        self.go(work, &claimed).await
    }

    /// Why a release must not answer anybody, if it must not.
    async fn fault_of(&self, id: &ReleaseId) -> Result<Option<String>, DepotError> {
        if let Err(why) = self.bring(id).await? {
            return Ok(Some(why));
        }
        let Some(release) = self.data.find(id)? else {
            return Ok(None);
        };
        let engine = match self.loaded(release).await? {
            Ok(engine) => engine,
            Err(why) => return Ok(Some(why)),
        };
        let (serving, most) = (self.live.serving(), self.config.most_changed);
        if serving.release == *id {
            return Ok(None);
        }
        let compared = blocking(move || Ok(compare(&serving.engine, &engine))).await?;
        Ok(match compared {
            Err(error) => Some(error.to_string()),
            Ok(compared) if compared.is_bad(most) => Some(format!(
                "{} 个两个版本都有的问法里，{} 个的回答变了，超过允许的 {most}%，例如：{}",
                compared.questions,
                compared.changed,
                compared.examples.join("、")
            )),
            Ok(compared) => {
                let (questions, changed) = (compared.questions, compared.changed);
                tracing::info!(release = %id, questions, changed, "questions of the knowledge base were compared");
                None
            }
        })
    }

    /// As the canary: waits, and looks for faults.
    async fn watch(
        &self,
        work: &mut AtWork,
        state: &DepotState,
        rollout: &Rollout,
    ) -> Result<(), DepotError> {
        let release = &rollout.release;
        if self.live.serving().release != *release {
            let refused = work.refused.as_ref().map(|(refused, _)| refused);
            let Some(refused) = refused.filter(|refused| refused.release == *release) else {
                return Ok(());
            };
            return self.end(state, refused.why.clone()).await;
        }
        if self.trial().is_none_or(|trial| trial.release() != release) {
            // The process began anew: so does its trial. What it is compared with, is loaded again.
            let baseline = self.baseline(state).await?;
            self.set_trial(baseline.map(|before| Trial::new(release.clone(), before)));
            work.since = None;
        }
        // It counts from when customers are answered from it.
        let since = match &work.since {
            Some((known, since)) if known == release => *since,
            _ => {
                let now = Instant::now();
                work.since = Some((release.clone(), now));
                now
            }
        };
        let trial = self.trial().filter(|trial| trial.release() == release);
        let fault = trial.and_then(|trial| trial.fault(self.config.most_changed));
        if let Some(why) = fault {
            return self.end(state, why).await;
        }
        if since.elapsed() < self.config.canary_for {
            return Ok(());
        }
        if let Some(finished) = state.finished(&self.config.replica, Timestamp::now())
            && self.advance(&finished).await?
        {
            tracing::info!(%release, "the canary was well: the release is current");
            work.state = Some(finished.clone());
            self.set_trial(None);
            self.go(work, &finished).await?;
        }
        Ok(())
    }

    async fn baseline(
        &self,
        state: &DepotState,
    ) -> Result<Option<Arc<jieda::Serving>>, DepotError> {
        let before = &state.pointer.current;
        let Some(release) = self.data.find(before)? else {
            return Ok(None);
        };
        let engine = self.loaded(release).await?.ok();
        Ok(engine.map(|engine| {
            Arc::new(jieda::Serving {
                engine,
                release: before.clone(),
            })
        }))
    }

    /// Sends the release back: everybody answers as before.
    async fn end(&self, state: &DepotState, why: String) -> Result<(), DepotError> {
        let Some(rollout) = &state.rollout else {
            return Ok(());
        };
        tracing::error!(release = %rollout.release, why, "a release is sent back");
        let back = state.sent_back(&self.config.replica, why, Timestamp::now());
        if let Some(back) = back {
            self.advance(&back).await?;
        }
        Ok(())
    }

    /// Whether the step was this replica's; else somebody was faster, and the next look shows it.
    async fn advance(&self, next: &DepotState) -> Result<bool, DepotError> {
        match self.depot.advance(next).await {
            Ok(()) => {
                self.announce(next).await;
                Ok(true)
            }
            Err(DepotError::Overtaken) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
