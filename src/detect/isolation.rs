//! Whether a page must be isolated from other origins: browsers give shared memory, which threads need, to no other.

use crate::compression::detect;
use crate::detect::evidence::Evidence;
use crate::detect::isolation_mode::Isolation;
use crate::detect::kind::EngineKind;
use crate::detect::scan::{Scan, TextFile};
use crate::detect::wasm::has_shared_memory;

/// The words that are looked for.
pub(crate) const WORDS: &[&str] = &[
    GODOT_THREADS,
    GODOT_ENSURES,
    "gdextensionLibs",
    UNITY_MARKER,
    "new SharedArrayBuffer(",
    "new window.SharedArrayBuffer(",
    "new self.SharedArrayBuffer(",
    "new globalThis.SharedArrayBuffer(",
    "WebAssembly.Memory(",
    "PThread.",
    "PThread=",
    "PThread =",
    "typeof PThread",
];

const GODOT_THREADS: &str = "GODOT_THREADS_ENABLED";
const GODOT_ENSURES: &str = "ensureCrossOriginIsolationHeaders";
const UNITY_MARKER: &str = "UnityWeb Compressed Content";

/// More modules than an engine comes in.
const MODULES: usize = 8;

/// What the page should be, and why.
pub(crate) fn isolation(kind: EngineKind, look: &Scan<'_>) -> (Isolation, Vec<Evidence>) {
    let Some(threads) = threads(kind, look) else {
        return (Isolation::Off, vec![Evidence::NoThreads]);
    };
    match look.loaded_from_other_host() {
        Some(reference) => {
            let other_host = Evidence::OtherHost {
                file: look.page.name.clone(),
                reference,
            };
            (Isolation::Credentialless, vec![threads, other_host])
        }
        None => (Isolation::RequireCorp, vec![threads]),
    }
}

/// What shows that the game computes on several threads.
pub(crate) fn threads(kind: EngineKind, look: &Scan<'_>) -> Option<Evidence> {
    if kind == EngineKind::Godot {
        match said_by_godot(look) {
            Some((true, evidence)) => return Some(evidence),
            Some((false, _)) => return None,
            None => {}
        }
    }
    let by_files = || shared_module(look).or_else(|| pthread_worker(look));
    let by_words = || match kind {
        // The scripts of an export without threads have the words, too; its module does not lie.
        EngineKind::Godot => None,
        _ => look.texts().find_map(said_by_script),
    };
    by_files().or_else(by_words)
}

/// Since 4.3 a Godot page says whether it has threads; from 4.0 to 4.2 it always has.
fn said_by_godot(look: &Scan<'_>) -> Option<(bool, Evidence)> {
    let page = &look.page;
    let says = |words: &str| Evidence::Says {
        file: page.name.clone(),
        words: words.to_owned(),
    };
    let declaration = page.places(GODOT_THREADS).iter().find_map(|start| {
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
    if let Some(value) = declaration {
        let evidence = says(&format!("{GODOT_THREADS} = {value}"));
        return Some((value == "true", evidence));
    }
    let ensures = page.places(GODOT_ENSURES).iter().any(|start| {
        let after = page.excerpt(start + GODOT_ENSURES.len(), 16);
        after
            .trim_start_matches(['"', '\'', ' ', ':', '='])
            .starts_with("true")
    });
    if ensures {
        return Some((true, says(GODOT_ENSURES)));
    }
    page.says("gdextensionLibs")
        .then(|| (true, says("gdextensionLibs")))
}

/// A module that takes shared memory, unless there is the same without threads for pages that are not isolated.
fn shared_module(look: &Scan<'_>) -> Option<Evidence> {
    let modules = look.names.iter().filter(|name| name.contains(".wasm"));
    let shares = |name: &String| has_shared_memory(&detect::inflated_head(name, &look.head(name)));
    let (shared, alone): (Vec<_>, Vec<_>) = modules.take(MODULES).partition(|name| shares(name));
    let has_other = |name: &&&String| {
        let plain = without_threads(name);
        !alone.iter().any(|other| without_threads(other) == plain)
    };
    let needed = shared.iter().find(has_other)?;
    Some(Evidence::SharedMemory((*needed).clone()))
}

/// A module's name without what says that it has threads: `game_pthread_wasm` becomes `game_wasm`.
fn without_threads(name: &str) -> String {
    let words = ["pthreads", "pthread", "threads", "threaded", "thread", "mt"];
    let name = name.to_ascii_lowercase();
    let parts = name.split(['-', '_', '.']);
    parts
        .filter(|part| !words.contains(part))
        .collect::<Vec<_>>()
        .join(".")
}

/// Emscripten wrote `X.worker.js` for the threads of `X.js` until 2024; bundlers give other workers such names.
fn pthread_worker(look: &Scan<'_>) -> Option<Evidence> {
    let is_pthread = |name: &&String| {
        let Some(stem) = name.strip_suffix(".worker.js") else {
            return false;
        };
        // Godot's service worker is `index.service.worker.js`.
        !stem.ends_with(".service")
            && look.has(&format!("{stem}.js"))
            && (look.has(&format!("{stem}.wasm"))
                || [
                    "PThread",
                    "ENVIRONMENT_IS_PTHREAD",
                    "SharedArrayBuffer",
                    "wasmMemory",
                ]
                .iter()
                .any(|word| contains(&look.head(name), word)))
    };
    let worker = look.names.iter().find(is_pthread)?;
    Some(Evidence::File(worker.clone()))
}

/// A script that makes shared memory. Only asking whether there is any (`typeof SharedArrayBuffer`) is not enough.
fn said_by_script(text: &TextFile) -> Option<Evidence> {
    // Unity's loader tries what the browser can do, in any build.
    if text.says(UNITY_MARKER)
        || text.name.ends_with(".loader.js")
        || text.name.ends_with("UnityLoader.js")
    {
        return None;
    }
    let makes_buffer = |word: &&&str| {
        text.places(word).iter().any(|start| {
            // `postMessage(new SharedArrayBuffer(1))` is how libraries ask for threads.
            !text
                .excerpt(start.saturating_sub(12), 12)
                .ends_with("postMessage(")
        })
    };
    let buffers = WORDS
        .iter()
        .filter(|word| word.ends_with("SharedArrayBuffer("));
    let buffer = buffers.clone().find(makes_buffer).copied();
    let makes_memory = || {
        let shared = text.places("WebAssembly.Memory(").iter().any(|start| {
            let arguments = text.excerpt(*start, 200);
            let arguments = arguments.split(')').take(2).collect::<String>();
            let arguments: String = arguments.split_whitespace().collect();
            [
                "shared:true",
                "shared:!0",
                "shared\":true",
                "shared\":!0",
                "shared':true",
            ]
            .iter()
            .any(|word| arguments.contains(word))
        });
        shared.then_some("WebAssembly.Memory({ shared: true })")
    };
    let has_pthreads = || {
        let words = ["PThread.", "PThread=", "PThread ="];
        let word = words.into_iter().find(|word| text.says(word))?;
        (!text.says("typeof PThread")).then_some(word)
    };
    let words = buffer.or_else(has_pthreads).or_else(makes_memory)?;
    Some(Evidence::Says {
        file: text.name.clone(),
        words: words.to_owned(),
    })
}

fn contains(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|window| window == word.as_bytes())
}
