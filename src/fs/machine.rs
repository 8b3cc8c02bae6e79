//! Limits of the machine: memory and file descriptors.

use std::fs;
use std::path::Path;

/// The memory that this process can still use, in bytes: the least that its control groups (versions 1 and 2) and the
/// system leave. `None` where the system does not tell.
pub fn available_memory() -> Option<u64> {
    available_memory_in(Path::new("/"))
}

/// Lowers the priority of this thread for good. Only Linux has priorities of threads: elsewhere this does nothing, so
/// as not to slow down the whole process.
pub fn lower_priority() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(19);
}

/// The number of file descriptors that this process may have open.
pub(crate) fn max_open_files() -> u64 {
    rustix::process::getrlimit(rustix::process::Resource::Nofile)
        .current
        .unwrap_or(u64::MAX)
}

/// Same as [`available_memory`], below another root.
fn available_memory_in(root: &Path) -> Option<u64> {
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let left_by_groups = groups.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?);
        if controllers.is_empty() {
            let files = ["memory.max", "memory.current"];
            return left_by_group(&root.join("sys/fs/cgroup"), path, files);
        }
        let is_memory = controllers.split(',').any(|name| name == "memory");
        let files = ["memory.limit_in_bytes", "memory.usage_in_bytes"];
        is_memory
            .then(|| left_by_group(&root.join("sys/fs/cgroup/memory"), path, files))
            .flatten()
    });
    left_by_groups.chain(left_by_system(root)).min()
}

/// The least that a control group and those above it leave. Inside a container the group's own path is often hidden,
/// and its files are at the root of the hierarchy.
fn left_by_group(hierarchy: &Path, path: &str, [limit, usage]: [&str; 2]) -> Option<u64> {
    let group = hierarchy.join(path.trim_start_matches('/'));
    let groups = group
        .ancestors()
        .take_while(|group| group.starts_with(hierarchy));
    let number =
        |file: &Path| -> Option<u64> { fs::read_to_string(file).ok()?.trim().parse().ok() };
    groups
        .filter_map(|group| {
            let limit = number(&group.join(limit))?;
            let cache = cached_files(group).unwrap_or(0);
            let used = number(&group.join(usage))?.saturating_sub(cache);
            Some(limit.saturating_sub(used))
        })
        .min()
}

/// The file cache of a group, which counts as used but is given back on demand.
fn cached_files(group: &Path) -> Option<u64> {
    let statistics = fs::read_to_string(group.join("memory.stat")).ok()?;
    let value = |name: &str| -> Option<u64> {
        let mut lines = statistics.lines();
        lines.find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
    };
    Some(
        value("inactive_file ").or(value("total_inactive_file "))?
            + value("active_file ").unwrap_or(0),
    )
}

fn left_by_system(root: &Path) -> Option<u64> {
    let memory = fs::read_to_string(root.join("proc/meminfo")).ok()?;
    let line = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::test_folder::test_folder;

    const MIB: u64 = 1 << 20;

    fn meminfo(mib: u64) -> (&'static str, String) {
        let text = format!("MemTotal: 99999999 kB\nMemAvailable:   {} kB\n", mib * 1024);
        ("proc/meminfo", text)
    }

    fn available(files: &[(&str, String)]) -> Option<u64> {
        available_memory_in(test_folder(files).path()).map(|bytes| bytes / MIB)
    }

    #[test]
    fn without_control_groups_the_system_decides() {
        assert_eq!(available(&[meminfo(800)]), Some(800));
        assert_eq!(available(&[]), None);
    }

    #[test]
    fn the_tightest_control_group_above_the_process_decides() {
        let group = ("proc/self/cgroup", "0::/a/b\n".to_owned());
        let unlimited = ("sys/fs/cgroup/a/b/memory.max", "max\n".to_owned());
        let limit = ("sys/fs/cgroup/a/memory.max", (400 * MIB).to_string());
        let used = ("sys/fs/cgroup/a/memory.current", (100 * MIB).to_string());
        let files = [meminfo(8000), group.clone(), unlimited, limit, used];
        assert_eq!(available(&files), Some(300));
        let cache = format!("anon 5\ninactive_file {}\nactive_file 0\n", 60 * MIB);
        let mut files = files.to_vec();
        files.push(("sys/fs/cgroup/a/memory.stat", cache));
        assert_eq!(available(&files), Some(360), "cached files are given back");
        assert_eq!(available(&[meminfo(50), group]), Some(50));
    }

    #[test]
    fn in_a_container_the_root_of_the_hierarchy_decides() {
        for (group, limit, used) in [
            ("0::/system.slice/x", "memory.max", "memory.current"),
            (
                "7:cpu:/y\n4:memory:/docker/x",
                "memory/memory.limit_in_bytes",
                "memory/memory.usage_in_bytes",
            ),
        ] {
            let files = [
                meminfo(8000),
                ("proc/self/cgroup", group.to_owned()),
                (&format!("sys/fs/cgroup/{limit}"), (400 * MIB).to_string()),
                (&format!("sys/fs/cgroup/{used}"), (30 * MIB).to_string()),
            ];
            assert_eq!(available(&files), Some(370), "{group}");
        }
    }

    #[test]
    fn the_memory_of_this_machine_is_read() {
        if cfg!(target_os = "linux") {
            assert!(available_memory().is_some_and(|bytes| bytes > MIB));
            assert!(max_open_files() > 2);
        }
    }
}
