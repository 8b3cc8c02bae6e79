//! Work that is finished in the order in which it was given, in whatever order it becomes ready.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The items that are ready and wait for those before them.
#[derive(Debug)]
pub(crate) struct Turns<T> {
    state: Mutex<WaitingItems<T>>,
}

#[derive(Debug)]
struct WaitingItems<T> {
    next: usize,
    ready: BTreeMap<usize, T>,
}

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self {
            state: Mutex::new(WaitingItems {
                next: 0,
                ready: BTreeMap::new(),
            }),
        }
    }
}

impl<T> Turns<T> {
    /// Hands in an item by its number, counted from 0, and finishes every item whose turn has come, one at a time.
    pub(crate) fn hand_in(&self, number: usize, item: T, mut finish: impl FnMut(usize, T)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.ready.insert(number, item);
        loop {
            let number = state.next;
            let Some(item) = state.ready.remove(&number) else {
                return;
            };
            state.next += 1;
            finish(number, item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_finished_in_order() {
        let turns = Turns::default();
        let mut finished = Vec::new();
        for (number, expected) in [
            (2, &[][..]),
            (0, &[0]),
            (3, &[0]),
            (1, &[0, 1, 2, 3]),
            (4, &[0, 1, 2, 3, 4]),
        ] {
            turns.hand_in(number, number * 10, |number, item| {
                assert_eq!(item, number * 10);
                finished.push(number);
            });
            assert_eq!(finished, expected);
        }
    }
}
