//! The address space that a server needs: with less, an allocation would end it while players wait.

use rustix::process::{Resource, getrlimit};

use crate::console::failure::Failure;
use crate::console::message::t;

/// The least with which a small game is served, in bytes: the program, the stacks of its threads, their buffers.
const LEAST: u64 = 128 << 20;

/// Checks the limit of this process (`ulimit -v`).
///
/// # Errors
/// If it is too low.
pub(super) fn check() -> Result<(), Failure> {
    check_limit(getrlimit(Resource::As).current)
}

fn check_limit(limit: Option<u64>) -> Result<(), Failure> {
    match limit {
        Some(bytes) if bytes < LEAST => {
            let what = t!(
                "serve.address_space",
                mib = bytes >> 20,
                least = LEAST >> 20
            );
            Err(Failure::failed(what).hint(t!("hint.command", command = "ulimit -v unlimited")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_the_address_space_must_leave_room_for_a_small_game() {
        assert!(check_limit(None).is_ok());
        assert!(check_limit(Some(LEAST)).is_ok());
        let refused = check_limit(Some(64 << 20)).unwrap_err();
        assert!(refused.text().contains("64 MiB"), "{}", refused.text());
    }
}
