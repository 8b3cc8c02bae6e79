//! The texts of the console in both languages. The scripts fetch them as JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::console::message::t;
use webserver::language::Language;

/// A text's name in pages and scripts, and its words.
type Text = (&'static str, Cow<'static, str>);

/// All texts.
pub(crate) fn all(language: Language) -> BTreeMap<&'static str, Cow<'static, str>> {
    let tag = language.tag();
    let page = page(tag).into_iter().chain(dialogs(tag));
    let page = page.chain(sign_in(tag));
    let scripts = actions(tag).into_iter().chain(numbers(tag));
    let scripts = scripts.chain(changes(tag));
    page.chain(scripts).collect()
}

/// The page.
fn page(tag: &str) -> impl IntoIterator<Item = Text> {
    [
        ("title", t!("web_console.title", locale = tag)),
        ("about", t!("web_console.about", locale = tag)),
        ("connecting", t!("web_console.connecting", locale = tag)),
        (
            "other_language",
            t!("web_console.other_language", locale = tag),
        ),
        ("other_tag", t!("web_console.other_tag", locale = tag)),
        ("skip", t!("web_console.skip", locale = tag)),
        ("stop_short", t!("web_console.stop_short", locale = tag)),
        ("stop", t!("web_console.stop", locale = tag)),
        ("on_air", t!("web_console.on_air", locale = tag)),
        (
            "nothing_on_air",
            t!("web_console.nothing_on_air", locale = tag),
        ),
        ("rebuild", t!("web_console.rebuild", locale = tag)),
        ("reload", t!("web_console.reload", locale = tag)),
        ("reload_off", t!("web_console.reload_off", locale = tag)),
        ("join_page", t!("web_console.join_page", locale = tag)),
        ("library", t!("web_console.library", locale = tag)),
        ("search", t!("web_console.search", locale = tag)),
        ("players", t!("web_console.players", locale = tag)),
        ("traffic", t!("web_console.traffic", locale = tag)),
        ("files", t!("web_console.files", locale = tag)),
        (
            "most_requested",
            t!("web_console.most_requested", locale = tag),
        ),
        ("not_found", t!("web_console.not_found", locale = tag)),
        ("refusals", t!("web_console.refusals", locale = tag)),
        ("log", t!("web_console.log", locale = tag)),
        ("log_filter", t!("web_console.log_filter", locale = tag)),
        ("log_all", t!("web_console.log_all", locale = tag)),
        ("log_requests", t!("web_console.log_requests", locale = tag)),
        ("log_warnings", t!("web_console.log_warnings", locale = tag)),
        ("log_kind", t!("web_console.log_kind", locale = tag)),
        ("pause", t!("web_console.pause", locale = tag)),
        ("cancel", t!("web_console.cancel", locale = tag)),
        ("close", t!("web_console.close", locale = tag)),
        (
            "stop_question",
            t!("web_console.stop_question", locale = tag),
        ),
        ("stop_text", t!("web_console.stop_text", locale = tag)),
        ("no_script", t!("web_console.no_script", locale = tag)),
    ]
}

/// The page's dialogs that add, change and remove games.
fn dialogs(tag: &str) -> impl IntoIterator<Item = Text> {
    [
        ("add", t!("web_console.add", locale = tag)),
        ("add_text", t!("web_console.add_text", locale = tag)),
        ("add_files", t!("web_console.add_files", locale = tag)),
        ("add_folder", t!("web_console.add_folder", locale = tag)),
        ("add_url", t!("web_console.add_url", locale = tag)),
        ("add_from_url", t!("web_console.add_from_url", locale = tag)),
        ("drop_here", t!("web_console.drop_here", locale = tag)),
        ("edit", t!("web_console.edit", locale = tag)),
        ("edit_title", t!("web_console.edit_title", locale = tag)),
        (
            "edit_description",
            t!("web_console.edit_description", locale = tag),
        ),
        (
            "edit_description_note",
            t!("web_console.edit_description_note", locale = tag),
        ),
        ("edit_cover", t!("web_console.edit_cover", locale = tag)),
        ("cover_choose", t!("web_console.cover_choose", locale = tag)),
        ("edit_slug", t!("web_console.edit_slug", locale = tag)),
        ("save", t!("web_console.save", locale = tag)),
        ("remove", t!("web_console.remove", locale = tag)),
    ]
}

/// The page for browsers that are not signed in.
fn sign_in(tag: &str) -> impl IntoIterator<Item = Text> {
    [
        ("signed_out", t!("web_console.signed_out", locale = tag)),
        (
            "signed_out_text",
            t!("web_console.signed_out_text", locale = tag),
        ),
    ]
}

/// Texts of the scripts about games and actions.
fn actions(tag: &str) -> impl IntoIterator<Item = Text> {
    [
        ("connected", t!("web_console.connected", locale = tag)),
        ("disconnected", t!("web_console.disconnected", locale = tag)),
        ("publish", t!("web_console.publish", locale = tag)),
        ("publish_game", t!("web_console.publish_game", locale = tag)),
        ("is_on_air", t!("web_console.is_on_air", locale = tag)),
        ("check", t!("web_console.check", locale = tag)),
        ("check_game", t!("web_console.check_game", locale = tag)),
        ("checking", t!("web_console.checking", locale = tag)),
        ("no_findings", t!("web_console.no_findings", locale = tag)),
        (
            "more_findings",
            t!("web_console.more_findings", locale = tag),
        ),
        ("error", t!("web_console.error", locale = tag)),
        ("warning", t!("web_console.warning", locale = tag)),
        ("note", t!("web_console.note", locale = tag)),
        ("building", t!("web_console.building", locale = tag)),
        ("build_detail", t!("web_console.build_detail", locale = tag)),
        ("published", t!("web_console.published", locale = tag)),
        ("rebuilt", t!("web_console.rebuilt", locale = tag)),
        ("reloaded", t!("web_console.reloaded", locale = tag)),
        ("failed", t!("web_console.failed", locale = tag)),
        ("unreachable", t!("web_console.unreachable", locale = tag)),
        ("stopped", t!("web_console.stopped", locale = tag)),
    ]
}

/// Texts of the scripts about players, traffic and the log.
fn numbers(tag: &str) -> impl IntoIterator<Item = Text> {
    [
        ("on_air_for", t!("web_console.on_air_for", locale = tag)),
        ("browsers_one", t!("web_console.browsers_one", locale = tag)),
        (
            "browsers_many",
            t!("web_console.browsers_many", locale = tag),
        ),
        ("have_loaded", t!("web_console.have_loaded", locale = tag)),
        ("has_loaded", t!("web_console.has_loaded", locale = tag)),
        ("loading_one", t!("web_console.loading_one", locale = tag)),
        ("loading_many", t!("web_console.loading_many", locale = tag)),
        (
            "load_progress",
            t!("web_console.load_progress", locale = tag),
        ),
        ("load_of", t!("web_console.load_of", locale = tag)),
        ("requests", t!("web_console.requests", locale = tag)),
        ("bytes", t!("web_console.bytes", locale = tag)),
        ("per_second", t!("web_console.per_second", locale = tag)),
        ("in_an_hour", t!("web_console.in_an_hour", locale = tag)),
        ("hour_ago", t!("web_console.hour_ago", locale = tag)),
        ("now", t!("web_console.now", locale = tag)),
        ("file", t!("web_console.file", locale = tag)),
        ("count", t!("web_console.count", locale = tag)),
        ("nearest", t!("web_console.nearest", locale = tag)),
        ("none_yet", t!("web_console.none_yet", locale = tag)),
        (
            "refused_address",
            t!("web_console.refused_address", locale = tag),
        ),
        (
            "refused_first_byte",
            t!("web_console.refused_first_byte", locale = tag),
        ),
        ("refused_head", t!("web_console.refused_head", locale = tag)),
        (
            "refused_stalled",
            t!("web_console.refused_stalled", locale = tag),
        ),
        (
            "refused_malformed",
            t!("web_console.refused_malformed", locale = tag),
        ),
        ("reason", t!("web_console.reason", locale = tag)),
        ("connections", t!("web_console.connections", locale = tag)),
        ("rejected", t!("web_console.rejected", locale = tag)),
        ("no_match", t!("web_console.no_match", locale = tag)),
        (
            "empty_library",
            t!("web_console.empty_library", locale = tag),
        ),
        ("resume", t!("web_console.resume", locale = tag)),
        ("paused", t!("web_console.paused", locale = tag)),
        ("no_lines", t!("web_console.no_lines", locale = tag)),
    ]
}

/// Texts of the scripts about changes of the library.
fn changes(tag: &str) -> impl IntoIterator<Item = Text> {
    [
        ("edit_short", t!("web_console.edit_short", locale = tag)),
        ("edit_game", t!("web_console.edit_game", locale = tag)),
        ("saved", t!("web_console.saved", locale = tag)),
        (
            "cover_automatic",
            t!("web_console.cover_automatic", locale = tag),
        ),
        ("cover_added", t!("web_console.cover_added", locale = tag)),
        ("removed_in", t!("web_console.removed_in", locale = tag)),
        ("undo", t!("web_console.undo", locale = tag)),
        ("keep_game", t!("web_console.keep_game", locale = tag)),
        (
            "stage_waiting",
            t!("web_console.stage_waiting", locale = tag),
        ),
        (
            "stage_packing",
            t!("web_console.stage_packing", locale = tag),
        ),
        (
            "stage_uploading",
            t!("web_console.stage_uploading", locale = tag),
        ),
        (
            "stage_downloading",
            t!("web_console.stage_downloading", locale = tag),
        ),
        (
            "stage_unpacking",
            t!("web_console.stage_unpacking", locale = tag),
        ),
        ("stage_added", t!("web_console.stage_added", locale = tag)),
        ("stage_taken", t!("web_console.stage_taken", locale = tag)),
        (
            "replace_import",
            t!("web_console.replace_import", locale = tag),
        ),
        (
            "replace_short",
            t!("web_console.replace_short", locale = tag),
        ),
        ("stage_failed", t!("web_console.stage_failed", locale = tag)),
        (
            "stage_cancelled",
            t!("web_console.stage_cancelled", locale = tag),
        ),
        (
            "import_detail",
            t!("web_console.import_detail", locale = tag),
        ),
        (
            "cancel_import",
            t!("web_console.cancel_import", locale = tag),
        ),
        ("cancel_short", t!("web_console.cancel_short", locale = tag)),
    ]
}
