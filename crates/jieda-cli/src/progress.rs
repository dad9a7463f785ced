//! Progress on standard error: a bar on a terminal, a line elsewhere.

use std::{
    io::{IsTerminal as _, Write as _},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use jieda::Progress;

/// Shows how a counted job gets on.
pub(crate) struct Bar {
    what: String,
    bytes: bool,
    bar: Option<ProgressBar>,
}

impl Bar {
    /// A bar that appears with the first count.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            bytes: false,
            bar: None,
        }
    }

    /// A bar that counts bytes.
    pub(crate) fn bytes(what: impl Into<String>) -> Self {
        Self {
            bytes: true,
            ..Self::new(what)
        }
    }

    /// Takes a count; the bar goes away when all is done.
    pub(crate) fn update(&mut self, done: usize, all: usize) {
        if all == 0 {
            return;
        }
        let (what, bytes) = (&self.what, self.bytes);
        let bar = self.bar.get_or_insert_with(|| start(what, all, bytes));
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        if done == all {
            bar.finish_and_clear();
        }
    }
}

fn start(what: &str, all: usize, bytes: bool) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        // A log gets one line; nobody watches a bar there.
        let unit = if bytes { "字节" } else { "条" };
        let _ = writeln!(anstream::stderr(), "{what}：共 {all} {unit}……");
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(all as u64);
    let template = if bytes {
        "{msg} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} 还需 {eta}"
    } else {
        "{msg} {bar:30} {pos}/{len} 已用 {elapsed} 还需 {eta}"
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
    }
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Shows what opening an engine takes.
pub(crate) fn opening() -> impl FnMut(Progress) {
    let mut bar = Bar::new("正在编码知识库（只需一次）");
    move |progress| match progress {
        Progress::Encoding { done, all } => bar.update(done, all),
        Progress::Rebuilding => {
            let _ = writeln!(anstream::stderr(), "缓存已损坏，正在重建……");
        }
    }
}

/// Shows how a training gets on: a bar on a terminal, a line every so often elsewhere.
pub(crate) struct Training {
    epochs: usize,
    bar: Option<ProgressBar>,
    /// Falls and rises with the losses of the last steps.
    loss: f64,
    told: std::time::Instant,
}

/// How often a log hears of a training.
const LOG_EVERY: Duration = Duration::from_secs(60);

impl Training {
    pub(crate) fn new(epochs: usize) -> Self {
        Self {
            epochs,
            bar: None,
            loss: f64::NAN,
            told: std::time::Instant::now(),
        }
    }

    /// A step of an epoch is done.
    pub(crate) fn step(&mut self, epoch: usize, (step, steps): (usize, usize), loss: f32) {
        let loss = f64::from(loss);
        self.loss = if self.loss.is_nan() {
            loss
        } else {
            0.95 * self.loss + 0.05 * loss
        };
        let what = format!("第 {epoch}/{} 轮，损失 {:.3}", self.epochs, self.loss);
        if std::io::stderr().is_terminal() {
            let bar = self.bar.get_or_insert_with(|| {
                let bar = ProgressBar::new(0);
                let template = "{msg} {bar:30} {pos}/{len} 步 已用 {elapsed} 还需 {eta}";
                if let Ok(style) = ProgressStyle::with_template(template) {
                    bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
                }
                bar
            });
            bar.set_length((steps * self.epochs) as u64);
            bar.set_position((steps * (epoch - 1) + step) as u64);
            bar.set_message(what);
        } else if self.told.elapsed() >= LOG_EVERY {
            self.told = std::time::Instant::now();
            let _ = writeln!(anstream::stderr(), "{what}，{step}/{steps} 步");
        }
    }

    /// A line that stays.
    pub(crate) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => {
                let _ = writeln!(anstream::stderr(), "{text}");
            }
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
