//! The texts of the console in both languages. The scripts fetch them as JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;

use webserver::language::Language;

/// All texts, by their names in pages and scripts. Each is the message of that name below `web_console`.
pub(crate) fn all(language: Language) -> BTreeMap<&'static str, Cow<'static, str>> {
    let names = [PAGE, DIALOGS, SIGN_IN, ACTIONS, NUMBERS, CHANGES].concat();
    let text = |name| rust_i18n::t!(format!("web_console.{name}"), locale = language.tag());
    names.into_iter().map(|name| (name, text(name))).collect()
}

/// The page.
const PAGE: &[&str] = &[
    "title",
    "about",
    "connecting",
    "other_language",
    "other_tag",
    "skip",
    "stop_short",
    "stop",
    "on_air",
    "nothing_on_air",
    "rebuild",
    "reload",
    "reload_off",
    "join_page",
    "library",
    "search",
    "players",
    "traffic",
    "files",
    "most_requested",
    "not_found",
    "refusals",
    "log",
    "log_filter",
    "log_all",
    "log_requests",
    "log_warnings",
    "log_kind",
    "pause",
    "cancel",
    "close",
    "stop_question",
    "stop_text",
    "no_script",
];

/// The page's dialogs that add, change and remove games.
const DIALOGS: &[&str] = &[
    "add",
    "add_text",
    "add_files",
    "add_folder",
    "add_url",
    "add_from_url",
    "drop_here",
    "edit",
    "edit_title",
    "edit_description",
    "edit_description_note",
    "edit_cover",
    "cover_choose",
    "edit_slug",
    "save",
    "remove",
];

/// The page for browsers that are not signed in.
const SIGN_IN: &[&str] = &["signed_out", "signed_out_text"];

/// Texts of the scripts about games and actions.
const ACTIONS: &[&str] = &[
    "connected",
    "disconnected",
    "publish",
    "publish_game",
    "is_on_air",
    "check",
    "check_game",
    "checking",
    "no_findings",
    "more_findings",
    "error",
    "warning",
    "note",
    "building",
    "build_detail",
    "published",
    "rebuilt",
    "reloaded",
    "failed",
    "unreachable",
    "stopped",
];

/// Texts of the scripts about players, traffic and the log.
const NUMBERS: &[&str] = &[
    "on_air_for",
    "browsers_one",
    "browsers_many",
    "have_loaded",
    "has_loaded",
    "loading_one",
    "loading_many",
    "load_progress",
    "load_of",
    "requests",
    "bytes",
    "per_second",
    "in_an_hour",
    "hour_ago",
    "now",
    "file",
    "count",
    "nearest",
    "none_yet",
    "refused_address",
    "refused_first_byte",
    "refused_head",
    "refused_stalled",
    "refused_malformed",
    "reason",
    "connections",
    "rejected",
    "no_match",
    "empty_library",
    "resume",
    "paused",
    "no_lines",
];

/// Texts of the scripts about changes of the library.
const CHANGES: &[&str] = &[
    "edit_short",
    "edit_game",
    "saved",
    "cover_automatic",
    "cover_added",
    "removed_in",
    "undo",
    "keep_game",
    "stage_waiting",
    "stage_packing",
    "stage_uploading",
    "stage_downloading",
    "stage_unpacking",
    "stage_added",
    "stage_taken",
    "replace_import",
    "replace_short",
    "stage_failed",
    "stage_cancelled",
    "import_detail",
    "cancel_import",
    "cancel_short",
];
