//! Games as engines export them play as they are: each rule and its opposite, by files that real encoders made.
//!
//! | rule of serving | test | its opposite |
//! | --- | --- | --- |
//! | an unknown type may be guessed | `rules`, "an unknown type may be guessed" | "a known type may not" |
//! | scripts, workers, worklets and styles have their type, whatever their name | `rules`, "a script of a tag" and after | "a file that no tag names", "a file that a script fetches", "a picture that a style sheet names" |
//! | mime-db's types | browser test `media-types`; `rules`, "mime-db's types" | "the types that mime-db lacks" |
//! | no charset where the file states another, nor for ISO-2022 | `rules`; unit test of `site::charset`; browser test `plain-server` | "a text in UTF-8" |
//! | a size that a script reads is the file's | `needs::files_whose_size_a_script_reads…`; `rules::head_states…` | the bundle and the `fetch` there; GET there |
//! | who inflates | `serving::a_file_that_the_page_inflates…`, `…a_page_with_a_brotli_decoder…`; `rules`, "brotli that a module decodes" | `serving::a_module_or_picture_that_no_script_inflates…`; "brotli that nothing decodes" |
//! | an inflater for saves is no sign | `rules`, "gzip beside an inflater for saves" | `serving::a_file_that_the_page_inflates…` |
//! | siblings only in codings that browsers decode | `rules`, "a window that they refuse" | "a window that browsers accept" |
//! | siblings only with the same bytes | `serving::only_fresh_siblings_are_representations` | the fresh one there |
//! | siblings from the first request on | `rules`, "a sibling from the first request on"; `serving::the_first_visitor…` | "no coding while there is none yet" |
//! | isolation for threads that are used | `needs::only_threads_that_are_used…`; `detection::games_with_threads…` | the rows with `Off` in both |
//! | `credentialless` for browsers that know it | `needs::browsers_that_do_not_know_credentialless…` | Safari's rows there |
//! | the author's files for other hosts | `needs::the_authors_files…`, `…the_authors_rules_hold…`, `…a_rewrite_answers…`, `…surges_page…` | other paths, types that browsers need, codings that are not true |
//! | the right page | `entry_pages`, `needs::a_game_comes_before_a_page_beside_it`, `…the_reason_for_an_entry_page…`; `rules`, "a page that is there packed only" | `play.html`, templates and two games there; `rules::a_packed_file_that_is_no_page…` |
//! | `/play` finds `play.html`; the game's own 404 page | `needs::names_that_hosts_of_sites_understand…` | a file of that name, and a script, there |
//! | a base path is removed | `serving::a_base_prefix_is_removed`; `rules`, "the prefix is removed" | `serving::a_base_without_effect…`; "a folder of that name comes first" |
//! | `x.js.gz` by a tag where only `x.js` is | `needs::a_tag_gets_the_plain_file…` | the module there |
//! | coded bytes without an ending | `rules`, "a script that is gzip inside" | "data that is gzip inside" |
//! | `%5C`, `.well-known`, listed dotfiles | `rules`, from "a backslash is a slash" on | "a hidden file" |
//! | links inside the game | browser test `plain-server`, "absolute links inside the game" | `requests::hidden_files_and_files_outside…` |
//! | signs in pages of UTF-16 | `rules::a_sign_in_a_page_of_utf_16…` | the page without threads there |
//! | a large request head gets a page | `connections` ("a long field") | `connections::the_limit_of_a_head…` |

mod detection;
mod entry_pages;
mod fixtures;
mod holes;
mod needs;
mod profile;
mod rules;
mod serving;
mod unused_names;
