//! Memory for requests' bodies: what all of them may hold at a time. A body pays as its bytes come,
//! so that a slow one holds no more than it sent.
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app::problem::Problem;

/// What may be held, and what is.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes_max: usize,
    used: AtomicUsize,
}

/// Bytes that one body holds; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    pub(crate) fn new(bytes_max: usize) -> Arc<Budget> {
        Arc::new(Budget { bytes_max, used: AtomicUsize::new(0) })
    }

    /// Nothing yet, to be grown.
    pub(crate) fn hold(self: &Arc<Budget>) -> Held {
        Held { budget: Arc::clone(self), bytes: 0 }
    }

    /// Bytes that are held now.
    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

impl Held {
    /// Holds more.
    ///
    /// # Errors
    /// `unavailable` when all bodies together would hold too much: waiting would let slow bodies
    /// shut everybody out.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Problem> {
        let before = self.budget.used.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
        if before + bytes > self.budget.bytes_max {
            let text = "the server holds as many requests as it can: send it again in a second";
            return Err(Problem::new("unavailable", text));
        }
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn what_is_held_is_given_back() {
        let budget = Budget::new(100);
        let mut first = budget.hold();
        first.grow(60).expect("there is room");
        let mut second = budget.hold();
        assert_eq!(second.grow(41).expect_err("there is none").status, 503);
        drop(second);
        assert_eq!(budget.used(), 60);
        first.grow(40).expect("there is room again");
        drop(first);
        assert_eq!(budget.used(), 0);
    }
}
