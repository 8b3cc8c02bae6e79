//! Cross-origin isolation: needed by exports with threads, because browsers give shared memory to isolated pages only.

use crate::compression::format::decoded_head;
use crate::detect::evidence::Evidence;
use crate::detect::isolation_mode::Isolation;
use crate::detect::kind::EngineKind;
use crate::detect::scan::{HEAD, Scan};
use crate::detect::shared_buffer::find_shared_buffer;
use crate::detect::wasm::has_shared_memory;

/// The words that this file adds to the vocabulary.
pub(crate) const WORDS: &[&str] = &[
    GODOT_THREADS,
    GODOT_ENSURES,
    GODOT_4,
    EMULATOR_THREADS,
    DART2WASM,
    SKWASM,
    ".src=\"https://",
    ".src = \"https://",
    ".src='https://",
    ".src = 'https://",
];

/// The start of a script's address on another host, where a script adds it to the page.
const ADDED_SCRIPTS: &[&str] = &[
    ".src=\"https://",
    ".src = \"https://",
    ".src='https://",
    ".src = 'https://",
];

const EMULATOR_THREADS: &str = "EJS_threads";
/// Flutter's build configuration, when the build does not target JavaScript. The loader has the bare word in every
/// build.
const DART2WASM: &str = "\"compileTarget\":\"dart2wasm\"";
const SKWASM: &str = "\"renderer\":\"skwasm\"";

const GODOT_THREADS: &str = "GODOT_THREADS_ENABLED";
const GODOT_4: &str = "gdextensionLibs";
const GODOT_ENSURES: &str = "ensureCrossOriginIsolationHeaders";

/// The modules that are read, at most; more than any engine has.
const MAX_MODULES: usize = 8;

/// The isolation that an export needs, with the reasons.
pub(crate) fn find_isolation(kind: EngineKind, scan: &Scan<'_>) -> (Isolation, Vec<Evidence>) {
    let Some(threads) = find_threads(kind, scan) else {
        return (Isolation::Off, vec![Evidence::NoThreads]);
    };
    match scan.loaded_from_other_host().or_else(|| added_script(scan)) {
        Some(reference) => {
            let other_host = Evidence::OtherHost {
                file: scan.page.name.clone(),
                reference,
            };
            (Isolation::Credentialless, vec![threads, other_host])
        }
        None => (Isolation::RequireCorp, vec![threads]),
    }
}

/// Evidence that the game uses threads.
pub(crate) fn find_threads(kind: EngineKind, scan: &Scan<'_>) -> Option<Evidence> {
    if kind == EngineKind::Godot {
        match stated_by_godot(scan) {
            GodotThreads::On(evidence) => return Some(evidence),
            GodotThreads::Off => return None,
            GodotThreads::Unstated => {}
        }
    }
    if let Some(setting) = emulator_threads(scan) {
        return setting;
    }
    if kind == EngineKind::Flutter
        && !scan
            .texts()
            .any(|text| text.contains(DART2WASM) || text.contains(SKWASM))
    {
        // Its folder `canvaskit` comes with every build.
        return None;
    }
    let by_files = || shared_module(scan).or_else(|| pthread_worker(scan));
    let by_words = || match kind {
        // Scripts of exports without threads have the words, too; the module is reliable.
        EngineKind::Godot => None,
        _ => scan
            .texts()
            .filter_map(|text| Some((text, find_shared_buffer(text)?)))
            .find(|(text, _)| !is_unused_twin(scan, &text.name))
            .map(|(_, evidence)| evidence),
    };
    by_files().or_else(by_words)
}

/// The statement of a Godot page about threads.
enum GodotThreads {
    On(Evidence),
    Off,
    Unstated,
}

/// Since 4.3 a Godot page states whether it has threads; from 4.0 to 4.2 it always has.
fn stated_by_godot(scan: &Scan<'_>) -> GodotThreads {
    let page = &scan.page;
    let says = |words: &str| Evidence::Says {
        file: page.name.clone(),
        words: words.to_owned(),
    };
    let declaration = page.positions(GODOT_THREADS).iter().find_map(|start| {
        let after = page.excerpt(start + GODOT_THREADS.len(), 16);
        let value = after
            .trim_start()
            .strip_prefix('=')?
            .trim_start()
            .to_owned();
        ["true", "false"]
            .into_iter()
            .find(|word| value.starts_with(word))
    });
    match declaration {
        Some("true") => return GodotThreads::On(says(&format!("{GODOT_THREADS} = true"))),
        Some(_) => return GodotThreads::Off,
        None => {}
    }
    let ensures = page.positions(GODOT_ENSURES).iter().any(|start| {
        let after = page.excerpt(start + GODOT_ENSURES.len(), 16);
        after
            .trim_start_matches(['"', '\'', ' ', ':', '='])
            .starts_with("true")
    });
    if ensures {
        return GodotThreads::On(says(GODOT_ENSURES));
    }
    match page.contains(GODOT_4) {
        true => GodotThreads::On(says(GODOT_4)),
        false => GodotThreads::Unstated,
    }
}

/// The setting of an EmulatorJS page, whose thread cores are packed; `None` for other pages.
fn emulator_threads(scan: &Scan<'_>) -> Option<Option<Evidence>> {
    scan.texts().find_map(|text| {
        let values = text.positions(EMULATOR_THREADS).iter().filter_map(|start| {
            let after = text.excerpt(start + EMULATOR_THREADS.len(), 12);
            let value = after.trim_start().strip_prefix('=')?.trim_start();
            let is_on = value.starts_with("true") || value.starts_with("!0");
            (is_on || value.starts_with("false") || value.starts_with("!1")).then_some(is_on)
        });
        values.last().map(|is_on| {
            is_on.then(|| Evidence::Says {
                file: text.name.clone(),
                words: format!("{EMULATOR_THREADS} = true"),
            })
        })
    })
}

/// The address of a script on another host that the game's own page adds.
fn added_script(scan: &Scan<'_>) -> Option<String> {
    scan.texts().find_map(|text| {
        ADDED_SCRIPTS.iter().find_map(|word| {
            let start = text.positions(word).first()?;
            let after = text.excerpt(start + word.len() - "https://".len(), 200);
            let address = after.split(['"', '\'']).next()?;
            address.contains(".js").then(|| address.to_owned())
        })
    })
}

/// A module that uses shared memory, and that has no variant without threads, or is the only variant that the game
/// names.
fn shared_module(scan: &Scan<'_>) -> Option<Evidence> {
    let modules = scan.names.iter().filter(|name| name.contains(".wasm"));
    let shares = |name: &String| has_shared_memory(&decoded_head(name, &scan.head(name), HEAD));
    let (shared, alone): (Vec<_>, Vec<_>) =
        modules.take(MAX_MODULES).partition(|name| shares(name));
    let is_named = |name: &str| {
        let file_name = name.rsplit('/').next().unwrap_or(name);
        scan.texts().any(|text| contains(&text.bytes(), file_name))
    };
    let is_needed = |name: &&&String| {
        let flavour = without_threads(name);
        let mut twins = { alone.iter() }.filter(|other| without_threads(other) == flavour);
        match twins.next() {
            // The game chooses between them, unless it names only one.
            Some(twin) => is_named(name) && !is_named(twin),
            // One of several modules, and not the one that the game loads.
            None => is_named(name) || !alone.iter().any(|other| is_named(other)),
        }
    };
    let needed = shared.iter().find(is_needed)?;
    Some(Evidence::SharedMemory((*needed).clone()))
}

/// True for a script of which the game names only the other variant: `core/x.js` and not `core-mt/x.js`.
fn is_unused_twin(scan: &Scan<'_>, name: &str) -> bool {
    let flavour = without_threads(name);
    let tail = |name: &str, parts: usize| {
        let start = name.rmatch_indices('/').nth(parts - 1);
        start.map_or(0, |(start, _)| start + 1)
    };
    let file_name = |name: &str| name[tail(name, 1)..].to_owned();
    let is_named = |script: &str, parts: usize| {
        let others = scan.texts().filter(|text| text.name != script);
        { others }.any(|text| contains(&text.bytes(), &script[tail(script, parts)..]))
    };
    let mut scripts = scan.scripts.iter().map(|script| script.name.as_str());
    scripts.any(|twin| {
        // Twins of one file name lie in different folders.
        let parts = if file_name(twin) == file_name(name) {
            2
        } else {
            1
        };
        twin != name
            && without_threads(twin) == flavour
            && is_named(twin, parts)
            && !is_named(name, parts)
    })
}

/// A module's name without the words for threads: `game_pthread.wasm` becomes `game.wasm`.
fn without_threads(name: &str) -> String {
    let words = [
        "pthreads",
        "pthread",
        "threads",
        "threaded",
        "thread",
        "mt",
        "st",
        "multithread",
        "multithreaded",
        "singlethread",
        "single",
        "multi",
        "deluxe",
        "compat",
        "simd",
    ];
    let name = name.to_ascii_lowercase();
    let parts = name.split(['-', '_', '.', '/']);
    parts
        .filter(|part| !words.contains(part))
        .collect::<Vec<_>>()
        .join(".")
}

/// Emscripten's `X.worker.js`, which it wrote for the threads of `X.js` until 2024. Bundlers use such names for other
/// workers.
fn pthread_worker(scan: &Scan<'_>) -> Option<Evidence> {
    let is_pthread = |name: &&String| {
        let Some(stem) = name.strip_suffix(".worker.js") else {
            return false;
        };
        // Godot's service worker is `index.service.worker.js`.
        !stem.ends_with(".service")
            && scan.has(&format!("{stem}.js"))
            && (scan.has(&format!("{stem}.wasm"))
                || [
                    "PThread",
                    "ENVIRONMENT_IS_PTHREAD",
                    "SharedArrayBuffer",
                    "wasmMemory",
                ]
                .iter()
                .any(|word| contains(&scan.head(name), word)))
    };
    let worker = scan.names.iter().find(is_pthread)?;
    Some(Evidence::File(worker.clone()))
}

fn contains(bytes: &[u8], word: &str) -> bool {
    aho_corasick::AhoCorasick::new([word]).is_ok_and(|automaton| automaton.is_match(bytes))
}
