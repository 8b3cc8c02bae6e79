//! Findings of a check, in the language of this process.

use crate::console::describe::Describe;
use crate::console::detection::evidence_text;
use crate::console::format::size;
use crate::console::message::t;
use webserver::check::finding::{Measure, NameProblem, Problem};
use webserver::check::play_fault::{PlayFault, Visitor};
use webserver::detect::evidence::Evidence;

/// The problem, as a sentence.
pub(crate) fn problem_text(problem: &Problem) -> String {
    match problem {
        Problem::Unreadable { error } => t!("check.unreadable", error = error),
        Problem::Damaged => t!("check.damaged"),
        Problem::EmptyPage => t!("check.empty_page"),
        Problem::NoCover { cover } => t!("check.no_cover", cover = cover),
        Problem::NoViewport => t!("check.no_viewport"),
        Problem::Missing {
            name,
            nearest: Some(nearest),
        } => t!("check.missing_near", name = name, nearest = nearest),
        Problem::Missing { name, .. } => t!("check.missing", name = name),
        Problem::MissingFolder {
            folder,
            files,
            example,
        } => t!(
            "check.missing_folder",
            folder = folder,
            files = files,
            example = example
        ),
        Problem::Flash { reference } => t!("check.flash", reference = reference),
        Problem::Case { name, found } => t!("check.case", name = name, found = found),
        Problem::Form { name } => t!("check.form", name = name),
        Problem::Absolute { reference } => t!("check.absolute", reference = reference),
        Problem::OtherHost { host, reference } => {
            t!("check.other_host", host = host, reference = reference)
        }
        Problem::NamesOtherHost { host, reference } => {
            t!("check.names_other_host", host = host, reference = reference)
        }
        Problem::BareImport { name } => t!("check.bare_import", name = name),
        Problem::Local { reference } => t!("check.local", reference = reference),
        Problem::Php { reference } => t!("check.php", reference = reference),
        Problem::Unbuilt { reference, .. } => t!("check.unbuilt", reference = reference),
        Problem::HostRules { ignored } => {
            t!("check.host_rules", rules = ignored.join(", "))
        }
        Problem::Threads { evidence } => return threads_text(evidence.as_ref()),
        Problem::Secure { features } => return secure_text(features),
        Problem::Stale { name } => t!("check.stale", name = name),
        Problem::Broken { coding } => t!("check.broken", coding = coding),
        Problem::Bomb { most } => t!("check.bomb", most = size(*most)),
        Problem::Name(problem) => return name_text(problem),
        Problem::LeftOut { cause } => t!("check.left_out", reason = cause.text()),
        Problem::Played { fault, visitors } => t!(
            "check.played",
            what = fault_text(fault),
            visitors = visitors_text(visitors)
        ),
        Problem::Portal {
            portal,
            measure,
            is,
            most,
        } => return portal_text(portal, *measure, *is, *most),
    }
    .into_owned()
}

/// The remedy, as a sentence.
pub(crate) fn remedy_text(problem: &Problem) -> String {
    match problem {
        Problem::Unreadable { .. } => t!("fix.unreadable"),
        Problem::Damaged => t!("fix.damaged"),
        Problem::EmptyPage => t!("fix.empty_page"),
        Problem::NoCover { .. } => t!("fix.no_cover"),
        Problem::NoViewport => t!("fix.no_viewport"),
        Problem::Missing { .. } => t!("fix.missing"),
        Problem::MissingFolder { folder, .. } => t!("fix.missing_folder", folder = folder),
        Problem::Flash { .. } => t!("fix.flash"),
        Problem::Case { .. } | Problem::Form { .. } => t!("fix.spelling"),
        Problem::Absolute { .. } => t!("fix.absolute"),
        Problem::OtherHost { .. } | Problem::NamesOtherHost { .. } => t!("fix.other_host"),
        Problem::BareImport { .. } => t!("fix.bare_import"),
        Problem::Local { .. } => t!("fix.local"),
        Problem::Php { .. } => t!("fix.php"),
        Problem::Unbuilt {
            command, folder, ..
        } => t!("fix.unbuilt", command = command, folder = folder),
        Problem::HostRules { .. } => t!("fix.host_rules"),
        Problem::Threads { .. } => t!("fix.threads"),
        Problem::Secure { .. } => t!("fix.secure"),
        Problem::Stale { .. } => t!("fix.stale"),
        Problem::Broken { .. } => t!("fix.broken"),
        Problem::Bomb { .. } => t!("fix.bomb"),
        Problem::Name(_) => t!("fix.rename"),
        Problem::LeftOut { .. } => t!("fix.left_out"),
        Problem::Played { fault, visitors } => return fault_remedy(fault, visitors),
        Problem::Portal { .. } => t!("fix.portal"),
    }
    .into_owned()
}

fn name_text(problem: &NameProblem) -> String {
    match problem {
        NameProblem::Reserved => t!("check.reserved"),
        NameProblem::TrailingDot => t!("check.trailing_dot"),
        NameProblem::Character { character } => {
            t!("check.character", character = character.escape_default())
        }
        NameProblem::NotNfc => t!("check.not_nfc"),
        NameProblem::Long { most } => t!("check.long", most = most),
        NameProblem::Collision { other } => t!("check.collision", other = other),
    }
    .into_owned()
}

fn threads_text(evidence: Option<&Evidence>) -> String {
    let evidence = evidence.map_or_else(String::new, evidence_text);
    t!("check.threads", evidence = evidence).into_owned()
}

fn secure_text(features: &[&str]) -> String {
    let features: Vec<_> = features.iter().map(|name| without_feature(name)).collect();
    t!(
        "check.secure",
        features = features.join(&t!("text.semicolon"))
    )
    .into_owned()
}

/// The consequence for players where a feature of secure contexts is missing.
fn without_feature(name: &str) -> String {
    match name {
        "AudioWorklet" => t!("secure.audio_worklet"),
        "service workers" => t!("secure.service_workers"),
        "WebGPU" => t!("secure.webgpu"),
        "gamepads" => t!("secure.gamepads"),
        "microphone and camera" => t!("secure.media"),
        "Web Crypto" => t!("secure.crypto"),
        "the clipboard" => t!("secure.clipboard"),
        "motion sensors" => t!("secure.motion"),
        "wake lock" => t!("secure.wake_lock"),
        "geolocation" => t!("secure.geolocation"),
        "MIDI" => t!("secure.midi"),
        "WebXR" => t!("secure.webxr"),
        "persistent storage" => t!("secure.storage"),
        other => return other.to_owned(),
    }
    .into_owned()
}

/// The visitor, as the end of a sentence.
pub(crate) fn visitor_text(visitor: Visitor) -> String {
    match visitor {
        Visitor::ThisMachine => t!("play.on_this_machine"),
        Visitor::Phone => t!("play.on_a_phone"),
    }
    .into_owned()
}

/// The visitor, as a heading.
pub(crate) fn visitor_heading(visitor: Visitor) -> String {
    match visitor {
        Visitor::ThisMachine => t!("check.this_machine"),
        Visitor::Phone => t!("check.phone"),
    }
    .into_owned()
}

fn visitors_text(visitors: &[Visitor]) -> String {
    match visitors {
        [one] => visitor_text(*one),
        _ => t!("play.everywhere").into_owned(),
    }
}

fn fault_text(fault: &PlayFault) -> String {
    match fault {
        PlayFault::NoPage { reason } => t!("play.no_page", reason = reason),
        PlayFault::Missing { name, status, .. } => {
            t!("play.missing", name = name, status = status)
        }
        PlayFault::Failed { name, reason, .. } => {
            t!("play.request_failed", name = name, reason = reason)
        }
        PlayFault::Threw { message } => t!("play.threw", message = message),
        PlayFault::Rejected { message } => t!("play.rejected", message = message),
        PlayFault::Logged { message } => t!("play.logged", message = message),
        PlayFault::Dialog { message } => t!("play.dialog", message = message),
        PlayFault::Crashed => t!("play.crashed"),
        PlayFault::Blank => t!("play.blank"),
    }
    .into_owned()
}

fn fault_remedy(fault: &PlayFault, visitors: &[Visitor]) -> String {
    let is_phone_only = visitors == [Visitor::Phone];
    match fault {
        PlayFault::Missing {
            is_elsewhere: false,
            ..
        } => t!("fix.missing"),
        PlayFault::Missing { .. } | PlayFault::Failed { .. } => t!("fix.play_request"),
        PlayFault::Dialog { .. } => t!("fix.play_dialog"),
        PlayFault::Crashed => t!("fix.play_crash"),
        _ if is_phone_only => t!("fix.play_phone"),
        _ => t!("fix.play_error"),
    }
    .into_owned()
}

fn portal_text(portal: &str, measure: Measure, is: u64, most: u64) -> String {
    let amount = |amount: u64| match measure {
        Measure::Files => amount.to_string(),
        Measure::Bytes | Measure::FirstLoad | Measure::File => size(amount),
    };
    let (is, most) = (amount(is), amount(most));
    match measure {
        Measure::Files => t!("check.portal_files", portal = portal, is = is, most = most),
        Measure::Bytes => t!("check.portal_bytes", portal = portal, is = is, most = most),
        Measure::FirstLoad => t!("check.portal_first", portal = portal, is = is, most = most),
        Measure::File => t!("check.portal_file", portal = portal, is = is, most = most),
    }
    .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_of_secure_contexts_has_a_consequence() {
        for name in webserver::detect::secure_context::feature_names() {
            assert_ne!(without_feature(name), name);
        }
    }
}
