//! Settings for building a site.

use serde::Deserialize;

use crate::fs::machine;

/// Limits on memory, and live reload.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BuildOptions {
    /// Larger files stay on disk, in MiB.
    big_file_mib: u64,
    /// The memory for file contents, in MiB. Files that do not fit stay on disk or are not compressed.
    memory_mib: Option<u64>,
    /// The memory that this machine can spare, in bytes; measured by [`BuildOptions::measure_machine`].
    #[serde(skip)]
    spare_memory: Option<u64>,
    /// The part of it that the site may take; see [`BuildOptions::within`].
    #[serde(skip)]
    share: Option<u64>,
    /// True if pages reload by themselves after a build or a switch of game.
    pub live: bool,
}

/// The memory for file contents on a machine that has plenty, in bytes.
const MAX_DEFAULT_MEMORY: u64 = 1 << 30;

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            big_file_mib: 64,
            memory_mib: None,
            spare_memory: None,
            share: None,
            live: false,
        }
    }
}

impl BuildOptions {
    /// Measures the memory that this machine can spare now. Without it, a machine with plenty of memory is assumed.
    #[must_use]
    pub fn measure_machine(self) -> Self {
        Self {
            spare_memory: machine::available_memory(),
            ..self
        }
    }

    /// The same settings with at most this many bytes of memory for file contents, whatever the machine can spare.
    #[must_use]
    pub fn within(self, memory: u64) -> Self {
        Self {
            share: Some(memory),
            ..self
        }
    }

    /// The largest file that is held in memory, in bytes.
    pub(super) fn max_file(self) -> u64 {
        self.big_file_mib.saturating_mul(1 << 20)
    }

    /// The memory that the machine could spare when it was measured.
    pub(super) fn spare_memory(self) -> Option<u64> {
        self.spare_memory
    }

    /// The memory for file contents, in bytes: as configured, otherwise 1 GiB or half of what the machine can spare,
    /// whichever is less; no more than its share.
    pub fn memory(self) -> u64 {
        let all = match (self.memory_mib, self.spare_memory) {
            (Some(mib), _) => mib.saturating_mul(1 << 20),
            (None, Some(spare)) => (spare / 2).min(MAX_DEFAULT_MEMORY),
            (None, None) => MAX_DEFAULT_MEMORY,
        };
        self.share.map_or(all, |share| share.min(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_as_configured_or_half_of_the_available() {
        let configured: BuildOptions = toml::from_str("memory_mib = 3").unwrap();
        let on_machine = |options: BuildOptions, spare_mib: u64| {
            BuildOptions {
                spare_memory: Some(spare_mib << 20),
                ..options
            }
            .memory()
                >> 20
        };
        assert_eq!(on_machine(configured, 1), 3);
        assert_eq!(on_machine(BuildOptions::default(), 400), 200);
        assert_eq!(on_machine(BuildOptions::default(), 64_000), 1024);
        assert_eq!(BuildOptions::default().memory(), 1 << 30);
        // A share of an arcade's memory holds on a machine with plenty.
        for share in [0, 2 << 20] {
            assert_eq!(configured.within(share).measure_machine().memory(), share);
            let shared = BuildOptions::default().within(share);
            assert_eq!(shared.measure_machine().memory(), share);
        }
        assert_eq!(configured.within(5 << 20).memory(), 3 << 20);
    }
}
