//! The findings of a game that a browser has played.

use crate::check::finding::{Finding, Problem, Severity};
use crate::check::play_fault::{Need, ObservedFault, PlayFault, Visitor};

/// The faults of one visit.
#[derive(Clone, Debug)]
pub struct FaultsOfVisit<'a> {
    /// The visitor.
    pub visitor: Visitor,
    /// True if something was visible at the end.
    pub has_picture: bool,
    /// The faults in the order in which they occurred.
    pub faults: &'a [ObservedFault],
}

/// The severity of a fault. A game that visibly plays does not need a file that is not vital.
fn severity(fault: &PlayFault, has_picture: bool) -> Severity {
    match fault {
        PlayFault::NoPage { .. }
        | PlayFault::Threw { .. }
        | PlayFault::Crashed
        | PlayFault::Blank => Severity::Error,
        PlayFault::Missing {
            need, is_elsewhere, ..
        }
        | PlayFault::Failed {
            need, is_elsewhere, ..
        } if !is_elsewhere && (*need == Need::Vital || !has_picture) => Severity::Error,
        PlayFault::Missing { .. }
        | PlayFault::Failed { .. }
        | PlayFault::Rejected { .. }
        | PlayFault::Logged { .. }
        | PlayFault::Dialog { .. } => Severity::Warning,
    }
}

/// The findings of several visits. A fault that several visitors met is one finding, with its highest severity.
pub fn played_findings(visits: &[FaultsOfVisit<'_>]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for visit in visits {
        for observed in visit.faults {
            let severity = severity(&observed.fault, visit.has_picture);
            let same = findings.iter_mut().find(|finding| {
                let is_same_fault = matches!(&finding.problem, Problem::Played { fault, .. } if *fault == observed.fault);
                is_same_fault && finding.file == observed.file && finding.line == observed.line
            });
            match same {
                Some(Finding {
                    severity: known,
                    problem: Problem::Played { visitors, .. },
                    ..
                }) => {
                    *known = severity.min(*known);
                    if !visitors.contains(&visit.visitor) {
                        visitors.push(visit.visitor);
                    }
                }
                _ => findings.push(Finding {
                    severity,
                    file: observed.file.clone(),
                    line: observed.line,
                    problem: Problem::Played {
                        fault: observed.fault.clone(),
                        visitors: vec![visit.visitor],
                    },
                }),
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(need: Need, is_elsewhere: bool) -> PlayFault {
        PlayFault::Missing {
            name: "a".to_owned(),
            status: 404,
            need,
            is_elsewhere,
        }
    }

    #[test]
    fn a_game_that_is_seen_to_play_does_without_files_that_are_not_vital() {
        let message = String::new;
        for (fault, with_picture, blank) in [
            (
                missing(Need::Vital, false),
                Severity::Error,
                Severity::Error,
            ),
            (
                missing(Need::Other, false),
                Severity::Warning,
                Severity::Error,
            ),
            (
                missing(Need::Vital, true),
                Severity::Warning,
                Severity::Warning,
            ),
            (
                PlayFault::Threw { message: message() },
                Severity::Error,
                Severity::Error,
            ),
            (
                PlayFault::Rejected { message: message() },
                Severity::Warning,
                Severity::Warning,
            ),
            (PlayFault::Crashed, Severity::Error, Severity::Error),
        ] {
            assert_eq!(severity(&fault, true), with_picture, "{fault:?}");
            assert_eq!(severity(&fault, false), blank, "{fault:?}");
        }
    }

    #[test]
    fn a_fault_of_both_visits_is_one_finding_as_severe_as_at_its_worst() {
        let observed = |line| ObservedFault {
            fault: missing(Need::Other, false),
            file: Some("index.html".to_owned()),
            line: Some(line),
        };
        let (machine, phone) = ([observed(1), observed(1)], [observed(1), observed(2)]);
        let found = played_findings(&[
            FaultsOfVisit {
                visitor: Visitor::ThisMachine,
                has_picture: true,
                faults: &machine,
            },
            FaultsOfVisit {
                visitor: Visitor::Phone,
                has_picture: false,
                faults: &phone,
            },
        ]);
        let visitors = |finding: &Finding| match &finding.problem {
            Problem::Played { visitors, .. } => visitors.clone(),
            _ => Vec::new(),
        };
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.severity, one.line, visitors(one)))
            .collect();
        let both = vec![Visitor::ThisMachine, Visitor::Phone];
        assert_eq!(
            found,
            [
                (Severity::Error, Some(1), both),
                (Severity::Error, Some(2), vec![Visitor::Phone])
            ]
        );
    }
}
