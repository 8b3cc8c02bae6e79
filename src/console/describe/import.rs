//! Games that could not be added, removed or renamed.

use std::path::Path;

use crate::console::describe::Describe;
use crate::console::describe::left_out::left_out_text;
use crate::console::format::size;
use crate::console::message::t;
use crate::import::error::{DownloadError, DownloadSite, ImportError};
use crate::import::job::Note;
use webserver::fs::unsupported::Unsupported;
use webserver::language::Language;

impl Describe for ImportError {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Interrupted => t!("import.interrupted", locale = locale),
            Self::Missing { path } => t!("import.missing", locale = locale, path = path.display()),
            Self::NoSource { path } => {
                t!("import.no_source", locale = locale, path = path.display())
            }
            Self::Address { typed, problem } => t!(
                "import.address",
                locale = locale,
                typed = typed,
                problem = problem
            ),
            Self::Scheme { scheme } => return unsupported(scheme, locale),
            Self::Checksum => t!("import.checksum", locale = locale),
            Self::Read { path, error } => t!(
                "import.read",
                locale = locale,
                path = path.display(),
                error = error.describe(language)
            ),
            Self::Write { path, error } => t!(
                "import.write",
                locale = locale,
                path = path.display(),
                error = error.describe(language)
            ),
            Self::DeadLink { path, target } => return dead_link(path, target, locale),
            Self::Name { path } => t!("import.name", locale = locale, path = path.display()),
            Self::AroundGames { path } => return around_games(path, locale),
            Self::NothingNew { folder } => return nothing_new(folder, locale),
            Self::Several { games } => t!("import.several", locale = locale, games = games),
            Self::PageOfFolder { file, folder } => return page_of_folder(file, folder, locale),
            Self::NoArchive => t!("import.no_archive", locale = locale),
            Self::NoEntry => t!("import.no_entry", locale = locale),
            Self::Taken { slug } => t!("import.taken", locale = locale, slug = slug),
            Self::NewSlugTaken { slug } => {
                t!("import.new_slug_taken", locale = locale, slug = slug)
            }
            Self::Unknown { slug, near } => return unknown(slug, near, locale),
            Self::Bundled { slug } => t!("import.bundled", locale = locale, slug = slug),
            Self::NotOurs { slug, folder } => t!(
                "import.not_ours",
                locale = locale,
                slug = slug,
                folder = folder.display()
            ),
            Self::Download(error) => return error.describe(language),
            Self::Archive(refused) => return refused.describe(language),
            Self::Foreign(kind) => return kind.describe(language),
            Self::Game(reason) => return reason.describe(language),
            Self::Bucket(error) => return error.describe(language),
            Self::Config(error) => return error.describe(language),
        }
        .into_owned()
    }
}

fn unsupported(scheme: &str, locale: &str) -> String {
    match scheme {
        "file" => t!("import.file_scheme", locale = locale),
        scheme => t!("import.scheme", locale = locale, scheme = scheme),
    }
    .into_owned()
}

fn dead_link(path: &Path, target: &Path, locale: &str) -> String {
    t!(
        "import.dead_link",
        locale = locale,
        path = path.display(),
        target = target.display()
    )
    .into_owned()
}

fn around_games(path: &Path, locale: &str) -> String {
    t!(
        "import.around_games",
        locale = locale,
        path = path.display()
    )
    .into_owned()
}

fn nothing_new(folder: &Path, locale: &str) -> String {
    t!(
        "import.nothing_new",
        locale = locale,
        folder = folder.display()
    )
    .into_owned()
}

fn page_of_folder(file: &str, folder: &Path, locale: &str) -> String {
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    t!(
        "import.page_of_folder",
        locale = locale,
        file = file,
        folder = folder.display()
    )
    .into_owned()
}

fn unknown(slug: &str, near: &[String], locale: &str) -> String {
    match near {
        [] => t!("import.unknown", locale = locale, slug = slug),
        near => t!(
            "import.unknown_near",
            locale = locale,
            slug = slug,
            near = near.join(", ")
        ),
    }
    .into_owned()
}

impl Describe for DownloadError {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Client { problem } => t!("import.client", locale = locale, problem = problem),
            Self::Connection { problem } => {
                t!("import.connection", locale = locale, problem = problem)
            }
            Self::Status { status } => t!("import.status", locale = locale, status = status),
            Self::Html => t!("import.html", locale = locale),
            Self::PageOf { site } => match site {
                DownloadSite::Itch => t!("import.page_itch", locale = locale),
                DownloadSite::GitHub => t!("import.page_github", locale = locale),
                DownloadSite::GoogleDrive => t!("import.page_drive", locale = locale),
                DownloadSite::Dropbox => t!("import.page_dropbox", locale = locale),
            },
            Self::TooBig { most } => t!("import.too_big", locale = locale, most = size(*most)),
            Self::TooLong { minutes } => t!("import.too_long", locale = locale, minutes = minutes),
            Self::Busy { seconds } => t!("import.busy", locale = locale, seconds = seconds),
            Self::NoAnswer { minutes } => {
                t!("import.no_answer", locale = locale, minutes = minutes)
            }
            Self::Idle { seconds } => t!("import.idle", locale = locale, seconds = seconds),
            Self::Ranges => t!("import.ranges", locale = locale),
            Self::OtherBytes { found } => t!("import.other_bytes", locale = locale, found = found),
        }
        .into_owned()
    }
}

impl Describe for Note {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::PlainHttp => t!("import.note.plain_http", locale = locale),
            // Without the hint of the last try.
            Self::Broken(ImportError::Download(DownloadError::Status { status })) => {
                t!("import.note.status", locale = locale, status = status)
            }
            Self::Broken(error) => t!(
                "import.note.broken",
                locale = locale,
                problem = error.describe(language)
            ),
            Self::NamesIn(name) => t!("import.note.names_in", locale = locale, name = name),
            Self::LeftOut(left_out) => t!(
                "import.note.left_out",
                locale = locale,
                files = left_out_text(left_out, language)
            ),
            Self::Restarted => t!("import.note.restarted", locale = locale),
            Self::Continued(bytes) => t!(
                "import.note.continued",
                locale = locale,
                size = size(*bytes)
            ),
            Self::Unsupported(unsupported) => return unsupported.describe(language),
        }
        .into_owned()
    }
}

impl Describe for Unsupported {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Permissions => t!("unsupported.permissions", locale = locale),
            Self::Times => t!("unsupported.times", locale = locale),
            Self::Sync => t!("unsupported.sync", locale = locale),
            Self::Lock => t!("unsupported.lock", locale = locale),
            Self::Rename => t!("unsupported.rename", locale = locale),
        }
        .into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::StatusCode;

    #[test]
    fn the_limit_of_a_download_is_told_in_its_unit() {
        for (most, size) in [(500_000, "500.0 kB"), (4_000_000_000, "4.0 GB")] {
            let text = DownloadError::TooBig { most }.describe(Language::English);
            assert!(text.starts_with(&format!("larger than {size};")), "{text}");
        }
    }

    #[test]
    fn a_failed_try_is_told_in_the_hosts_language() {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let problem = "refused".to_owned();
        for (error, english, chinese) in [
            (
                DownloadError::Status { status },
                "the server answered 503 Service Unavailable; retrying",
                "服务器返回 503 Service Unavailable；正在重试",
            ),
            (
                DownloadError::Connection { problem },
                "download failed: refused; retrying",
                "下载失败：refused；正在重试",
            ),
        ] {
            let note = Note::Broken(error.into());
            assert_eq!(note.describe(Language::English), english);
            assert_eq!(note.describe(Language::Chinese), chinese);
        }
    }
}
