//! The addresses of control sockets, and the rules for trusting one.
//!
//! A server listens on a file in its user's runtime folder. On Linux it also listens on an abstract address, which
//! `status` finds without the environment that the server was started in: from cron, ssh, su or a unit with a private
//! `/tmp`. Elsewhere a folder below `/tmp` has that part.
//!
//! Anyone may create such a folder or address first, so a client trusts a socket only if folder, file and the process
//! behind it belong to the same user: this one or, for root, any.

use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use etcetera::BaseStrategy;

/// Names the only folder to use, for tests and for several isolated sets of servers on one machine.
const OVERRIDE: &str = "WEBSERVER_CONTROL_DIR";

/// The prefix of abstract addresses.
#[cfg(target_os = "linux")]
const ABSTRACT: &str = "webserver-control";

/// The permission bits of a folder or socket that others have no access to.
const OTHERS: u32 = 0o077;

/// The address of one server's socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ControlAddress {
    /// The port that the server serves on.
    pub port: u16,
    /// The user who must own the socket.
    pub user: u32,
    /// A file, or an abstract address if it starts with a zero byte.
    pub path: PathBuf,
}

impl ControlAddress {
    fn new(folder: &Path, port: u16, user: u32) -> Self {
        let path = folder.join(format!("{port}.sock"));
        Self { port, user, path }
    }

    pub(crate) fn is_file(&self) -> bool {
        self.path.is_absolute() || !starts_with_zero(&self.path)
    }
}

fn starts_with_zero(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().first() == Some(&0)
}

/// The effective user of this process.
pub(crate) fn current_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The file to listen on, and the address that can be found without the environment.
pub(crate) fn to_listen_on(port: u16) -> (ControlAddress, Option<ControlAddress>) {
    let user = current_user();
    if let Some(folder) = overridden() {
        return (ControlAddress::new(&folder, port, user), None);
    }
    let own = runtime_folder().unwrap_or_else(|| temporary_folder(user));
    let file = ControlAddress::new(&own, port, user);
    let fixed = fixed_address(port, user);
    (file.clone(), Some(fixed).filter(|fixed| *fixed != file))
}

/// All addresses that a server of this user may listen on; for root, of any user. Its own user's come first.
pub(crate) fn candidates() -> Vec<ControlAddress> {
    let user = current_user();
    if let Some(folder) = overridden() {
        return files_in(&folder, user);
    }
    let mut folders = vec![
        (temporary_folder(user), user),
        (fixed_folder(user), user),
        (login_folder(user), user),
    ];
    folders.extend(runtime_folder().map(|folder| (folder, user)));
    if user == 0 {
        folders.extend(folders_of_all_users());
    }
    let mut found: Vec<_> = folders
        .into_iter()
        .flat_map(|(folder, user)| files_in(&folder, user))
        .collect();
    found.extend(abstract_addresses(user));
    found.sort_by_key(|address| (address.user != user, address.user, address.port));
    found.dedup();
    found
}

/// Creates a folder that only this user may enter, or checks that it is one.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let metadata = fs::symlink_metadata(folder)?;
    if !metadata.is_dir() || metadata.uid() != current_user() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    match metadata.mode() & OTHERS {
        0 => Ok(()),
        _ => fs::set_permissions(folder, fs::Permissions::from_mode(0o700)),
    }
}

/// The sockets in a folder, if folder and socket belong to this user alone.
fn files_in(folder: &Path, user: u32) -> Vec<ControlAddress> {
    let is_private = |metadata: &fs::Metadata| {
        metadata.uid() == user && metadata.mode() & OTHERS == 0 && !metadata.is_symlink()
    };
    let is_folder = |metadata: fs::Metadata| metadata.is_dir() && is_private(&metadata);
    if !fs::symlink_metadata(folder).is_ok_and(is_folder) {
        return Vec::new();
    }
    let socket = |file: fs::DirEntry| {
        let path = file.path();
        let port = path.file_name()?.to_str()?.strip_suffix(".sock")?;
        let port = port.parse().ok()?;
        let metadata = fs::symlink_metadata(&path).ok()?;
        let is_socket = metadata.file_type().is_socket() && is_private(&metadata);
        is_socket.then_some(ControlAddress { port, user, path })
    };
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(socket).collect()
}

fn overridden() -> Option<PathBuf> {
    let folder = env::var_os(OVERRIDE).filter(|folder| !folder.is_empty())?;
    Some(folder.into())
}

/// The runtime folder of the environment.
fn runtime_folder() -> Option<PathBuf> {
    let folder = etcetera::choose_base_strategy().ok()?.runtime_dir()?;
    Some(folder.join("webserver"))
}

/// The runtime folder that systemd gives a user who is logged in.
fn login_folder(user: u32) -> PathBuf {
    PathBuf::from(format!("/run/user/{user}/webserver"))
}

fn temporary_folder(user: u32) -> PathBuf {
    env::temp_dir().join(format!("webserver-{user}"))
}

/// The folder below `/tmp`, whatever `TMPDIR` says.
fn fixed_folder(user: u32) -> PathBuf {
    PathBuf::from(format!("/tmp/webserver-{user}"))
}

fn folders_of_all_users() -> Vec<(PathBuf, u32)> {
    let login = fs::read_dir("/run/user").into_iter().flatten().flatten();
    let login = login.filter_map(|entry| {
        let user = entry.file_name().to_str()?.parse().ok()?;
        Some((login_folder(user), user))
    });
    let fixed = fs::read_dir("/tmp").into_iter().flatten().flatten();
    let fixed = fixed.filter_map(|entry| {
        let name = entry.file_name();
        let user = name.to_str()?.strip_prefix("webserver-")?.parse().ok()?;
        Some((entry.path(), user))
    });
    login.chain(fixed).collect()
}

#[cfg(target_os = "linux")]
fn fixed_address(port: u16, user: u32) -> ControlAddress {
    let path = PathBuf::from(format!("\0{ABSTRACT}/{user}/{port}"));
    ControlAddress { port, user, path }
}

#[cfg(not(target_os = "linux"))]
fn fixed_address(port: u16, user: u32) -> ControlAddress {
    ControlAddress::new(&fixed_folder(user), port, user)
}

/// The abstract addresses in use, of this user or, for root, of all.
#[cfg(target_os = "linux")]
fn abstract_addresses(asking: u32) -> Vec<ControlAddress> {
    let table = fs::read("/proc/net/unix").unwrap_or_default();
    let table = String::from_utf8_lossy(&table);
    parse_abstract_addresses(&table)
        .filter(|address| asking == 0 || address.user == asking)
        .collect()
}

/// Parses proc(5), `/proc/net/unix`: the last column is the address, with `@` for a zero byte.
#[cfg(target_os = "linux")]
fn parse_abstract_addresses(table: &str) -> impl Iterator<Item = ControlAddress> {
    table.lines().filter_map(|line| {
        let name = line.rsplit(' ').next()?.strip_prefix('@')?;
        let rest = name.strip_prefix(ABSTRACT)?.strip_prefix('/')?;
        let (user, port) = rest.split_once('/')?;
        Some(fixed_address(port.parse().ok()?, user.parse().ok()?))
    })
}

#[cfg(not(target_os = "linux"))]
fn abstract_addresses(_: u32) -> Vec<ControlAddress> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn sockets_are_found_only_in_a_folder_of_the_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let user = current_user();
        let private = folder.path().join("private");
        make_private(&private).unwrap();
        let socket = private.join("8080.sock");
        let _listener = UnixListener::bind(&socket).unwrap();
        let mode = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        mode(&socket, 0o600);
        fs::write(private.join("8081.sock"), "").unwrap();
        fs::write(private.join("notes.txt"), "").unwrap();
        let ports = |folder: &Path, user| {
            let found = files_in(folder, user);
            found.iter().map(|found| found.port).collect::<Vec<_>>()
        };
        assert_eq!(ports(&private, user), [8080]);
        assert_eq!(ports(&private, user + 1), [] as [u16; 0], "another owner");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&private, &link).unwrap();
        assert_eq!(ports(&link, user), [] as [u16; 0], "a link");
        mode(&socket, 0o666);
        assert_eq!(ports(&private, user), [] as [u16; 0], "a socket for all");
        mode(&socket, 0o600);
        mode(&private, 0o755);
        assert_eq!(ports(&private, user), [] as [u16; 0], "a folder for all");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn abstract_addresses_are_read_from_the_kernels_table() {
        let table = "Num       RefCount Protocol Flags    Type St Inode Path\n\
            ffff: 00000002 00000000 00010000 0001 01 21 /run/x.sock\n\
            ffff: 00000002 00000000 00010000 0001 01 22 @webserver-control/1000/8080\n\
            ffff: 00000002 00000000 00010000 0001 01 23 @webserver-control/x/8080\n\
            ffff: 00000002 00000000 00010000 0001 01 24 @other/1000/8080\n\
            ffff: 00000002 00000000 00010000 0001 01 25\n";
        let found: Vec<_> = parse_abstract_addresses(table).collect();
        assert_eq!(found, [fixed_address(8080, 1000)]);
        assert!(!found[0].is_file());
    }
}
