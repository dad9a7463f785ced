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
    #[cfg(feature = "hub")]
    pub(crate) fn bytes(what: impl Into<String>) -> Self {
        Self {
            bytes: true,
            ..Self::new(what)
        }
    }

    /// Takes a count; the bar goes away when all is done.
    pub(crate) fn update(&mut self, done: usize, all: usize) {
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
