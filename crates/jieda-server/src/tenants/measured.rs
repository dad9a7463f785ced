//! Figures of each tenant by themselves. What is counted while a tenant's work is done, in whatever task or thread, goes
//! to his recorder.

use std::{
    cell::RefCell,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use metrics_exporter_prometheus::PrometheusRecorder;
use tokio::task::JoinHandle;

thread_local! {
    /// Whose work this thread does.
    static NOW: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// Takes what a tenant's work counts. Clones are one.
#[derive(Clone)]
pub(crate) struct Recorder(Arc<PrometheusRecorder>);

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorder")
    }
}

impl Recorder {
    pub(crate) fn new(recorder: PrometheusRecorder) -> Self {
        Self(Arc::new(recorder))
    }

    /// Does some of the tenant's work.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = NOW.with(|now| now.replace(Some(self.clone())));
        let _back = Back(before);
        metrics::with_local_recorder(&*self.0, work)
    }

    /// A future that is the tenant's work.
    pub(crate) fn within<F: Future>(self, future: F) -> Within<F> {
        Within {
            recorder: Some(self),
            future: Box::pin(future),
        }
    }
}

/// Whose work the thread did before.
struct Back(Option<Recorder>);

impl Drop for Back {
    fn drop(&mut self) {
        NOW.with(|now| now.replace(self.0.take()));
    }
}

/// A future that is somebody's work, or nobody's in particular.
pub(crate) struct Within<F> {
    recorder: Option<Recorder>,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        match &this.recorder {
            Some(recorder) => recorder.during(|| this.future.as_mut().poll(context)),
            None => this.future.as_mut().poll(context),
        }
    }
}

fn now() -> Option<Recorder> {
    NOW.with(|now| now.borrow().clone())
}

/// A task that goes on with the work of whoever starts it.
pub(crate) fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(Within {
        recorder: now(),
        future: Box::pin(future),
    })
}

/// The same on a thread that may be kept busy.
pub(crate) fn spawn_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    let recorder = now();
    tokio::task::spawn_blocking(move || match recorder {
        Some(recorder) => recorder.during(work),
        None => work(),
    })
}

#[cfg(test)]
mod tests {
    use metrics::counter;
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn work_is_counted_for_whom_it_is_done() {
        let recorder = |name: &str| {
            let builder = PrometheusBuilder::new().add_global_label("tenant", name);
            builder.build_recorder()
        };
        let (a, b) = (recorder("a"), recorder("b"));
        let (a_shown, b_shown) = (a.handle(), b.handle());
        let work = |times: u64| async move {
            counter!("work_total").increment(times);
            tokio::task::yield_now().await;
            spawn(async move { counter!("work_total").increment(times) })
                .await
                .unwrap();
            spawn_blocking(move || counter!("work_total").increment(times))
                .await
                .unwrap();
        };
        tokio::join!(
            Recorder::new(a).within(work(1)),
            Recorder::new(b).within(work(10))
        );
        assert!(
            a_shown.render().contains("work_total{tenant=\"a\"} 3"),
            "{}",
            a_shown.render()
        );
        assert!(
            b_shown.render().contains("work_total{tenant=\"b\"} 30"),
            "{}",
            b_shown.render()
        );
    }
}
