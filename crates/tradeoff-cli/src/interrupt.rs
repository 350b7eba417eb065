//! Interrupts wait while files are written, so that none is left half done.

#[cfg(unix)]
pub(crate) use unix::Held;

/// Interrupts wait as long as one of these lives: where there are no such signals they do not.
#[cfg(not(unix))]
pub(crate) struct Held;

#[cfg(not(unix))]
impl Held {
    pub(crate) const fn new() -> Self {
        Self
    }
}

#[cfg(unix)]
mod unix {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, OnceLock};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::{flag, low_level};

    /// What came while it was held, and whether it is.
    struct Signals {
        idle: Arc<AtomicBool>,
        came: Arc<AtomicUsize>,
        held: AtomicUsize,
    }

    /// What ends a run from outside; taken over when something is written first.
    fn signals() -> &'static Signals {
        static SIGNALS: OnceLock<Signals> = OnceLock::new();
        SIGNALS.get_or_init(|| {
            let it = Signals {
                idle: Arc::new(AtomicBool::new(true)),
                came: Arc::new(AtomicUsize::new(0)),
                held: AtomicUsize::new(0),
            };
            for signal in [SIGINT, SIGTERM, SIGHUP] {
                // Where one cannot be taken over it ends the run at once, as it always did.
                let ends = flag::register_conditional_default(signal, Arc::clone(&it.idle));
                if ends.is_ok() {
                    let _ = flag::register_usize(signal, Arc::clone(&it.came), signal as usize);
                }
            }
            it
        })
    }

    /// Interrupts wait as long as one of these lives, and end the run then.
    pub(crate) struct Held;

    impl Held {
        pub(crate) fn new() -> Self {
            let it = signals();
            it.held.fetch_add(1, Ordering::SeqCst);
            it.idle.store(false, Ordering::SeqCst);
            Self
        }
    }

    impl Drop for Held {
        fn drop(&mut self) {
            let it = signals();
            if it.held.fetch_sub(1, Ordering::SeqCst) > 1 {
                return;
            }
            it.idle.store(true, Ordering::SeqCst);
            let came = it.came.swap(0, Ordering::SeqCst);
            if came > 0 {
                let _ = low_level::emulate_default_handler(came as i32);
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::{Held, Ordering, SIGHUP, low_level, signals};

        #[test]
        fn an_interrupt_waits_until_all_is_written() {
            let outer = Held::new();
            drop(Held::new());
            low_level::raise(SIGHUP).expect("a signal that can be sent");
            // Still here. What would end the test with the outer one is taken back.
            assert_eq!(signals().came.swap(0, Ordering::SeqCst), SIGHUP as usize);
            drop(outer);
            assert!(signals().idle.load(Ordering::SeqCst));
        }
    }
}
