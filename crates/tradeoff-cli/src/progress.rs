//! How far long work has come: a bar on standard error, only on a terminal.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tradeoff::Progress;

/// A bar that vanishes when the work is done.
#[derive(Debug)]
pub(crate) struct Bar {
    drawn: ProgressBar,
    done: AtomicU64,
    last: Mutex<String>,
}

impl Bar {
    /// A bar on standard error; nothing where that is no terminal.
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:40.cyan/dim} {percent:>3}%  {msg}");
        bar.set_style(style.expect("the template is valid").progress_chars("━━─"));
        Self { drawn: bar, done: AtomicU64::new(0), last: Mutex::default() }
    }
}

impl Progress for Bar {
    fn total(&self, steps: u64) {
        self.drawn.set_length(steps);
    }

    fn step(&self, what: &str) {
        // Totals are estimates: a bar that runs past its end would look broken.
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.drawn.set_position(done.min(self.drawn.length().unwrap_or(done)));
        let Ok(mut last) = self.last.lock() else { return };
        if *last != what {
            what.clone_into(&mut last);
            self.drawn.set_message(what.to_owned());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.drawn.finish_and_clear();
    }
}
