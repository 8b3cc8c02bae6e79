//! Operations that some file systems refuse (CIFS, FAT, FUSE, bind mounts) and a change to a file can do without.

use std::io;

use rustix::io::Errno;

/// An operation that the file system refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsupported {
    /// Setting permissions.
    Permissions,
    /// Setting times.
    Times,
    /// Waiting until data is on the disk.
    Sync,
    /// Locking a folder.
    Lock,
    /// Replacing the file in one step; it was overwritten instead.
    Rename,
}

/// Turns an error that means "not on this file system" into `Some(unsupported)`.
///
/// # Errors
/// Every other error, which stays one.
pub fn tolerate(
    result: io::Result<()>,
    unsupported: Unsupported,
) -> io::Result<Option<Unsupported>> {
    match result {
        Ok(()) => Ok(None),
        Err(error) if is_refused(&error) => Ok(Some(unsupported)),
        Err(error) => Err(error),
    }
}

/// True if the file system refused an operation, rather than failed at it.
pub(crate) fn is_refused(error: &io::Error) -> bool {
    let refused = [
        Errno::PERM,
        Errno::ACCESS,
        Errno::INVAL,
        Errno::NOSYS,
        Errno::NOTSUP,
        Errno::OPNOTSUPP,
        Errno::NOLCK,
        Errno::ROFS,
        Errno::BADF,
    ];
    Errno::from_io_error(error).is_some_and(|error| refused.contains(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_tolerated_and_a_failure_is_not() {
        let tolerated = |errno: Errno| tolerate(Err(errno.into()), Unsupported::Sync);
        assert_eq!(tolerate(Ok(()), Unsupported::Sync).unwrap(), None);
        for errno in [Errno::PERM, Errno::INVAL, Errno::OPNOTSUPP, Errno::NOLCK] {
            assert_eq!(
                tolerated(errno).unwrap(),
                Some(Unsupported::Sync),
                "{errno}"
            );
        }
        for errno in [Errno::NOSPC, Errno::IO, Errno::DQUOT] {
            assert!(tolerated(errno).is_err(), "{errno}");
        }
    }
}
