//! A server as one of several replicas: it follows the choice in the library, builds the next game before its moment, and
//! puts it on the air at that moment, as all others do.
//!
//! All of it happens on a thread of its own: threads that serve players may neither connect to the library nor read games.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep};

use crate::console::describe::Describe;
use crate::console::failure::Failure;
use crate::console::message::t;
use crate::control::library_source::read_library;
use crate::control::publisher::ReplySender;
use crate::control::replica_builds::Builds;
use crate::control::replica_event::{ReplicaEvent, ReplicaParts};
use webserver::bucket::error::BucketError;
use webserver::bucket::pointer::{Moment, OnAirPointer};
use webserver::bucket::publish::publish;
use webserver::bucket::replica::{Looks, Replica, ReplicaReport};
use webserver::config::Config;
use webserver::metrics::counters::Counters;
use webserver::source::bucket::BucketPlace;

/// The end of a replica that its session holds. Dropping it ends the replica.
#[derive(Debug)]
pub(crate) struct ReplicaHandle {
    place: Arc<BucketPlace>,
    events: mpsc::UnboundedReceiver<ReplicaEvent>,
    sender: mpsc::UnboundedSender<ReplicaEvent>,
    /// Set once the server is to stop.
    leaving: watch::Sender<bool>,
}

impl ReplicaHandle {
    /// Starts to follow the library. Call it on a thread that may connect and read games.
    ///
    /// # Errors
    /// If the address or the environment is wrong, or the system refuses another event loop.
    pub(crate) fn start(place: Arc<BucketPlace>, parts: ReplicaParts) -> Result<Self, Failure> {
        let replica = Replica::new(&place, &name());
        let replica = Arc::new(replica.map_err(|error| Failure::failed(error.text()))?);
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(Failure::failed)?;
        let (sender, events) = mpsc::unbounded_channel();
        let (leaving, left) = watch::channel(false);
        let (pointers, chosen) = watch::channel(OnAirPointer::default());
        let (reports, report) = watch::channel(ReplicaReport::default());
        parts.counters.replica.begin();
        let looking = Looking {
            replica: Arc::clone(&replica),
            counters: parts.counters,
            pointers,
            report,
        };
        let told = sender.clone();
        std::thread::spawn(move || {
            let builds = Builds::new(replica, parts, told, reports);
            runtime.block_on(async move {
                tokio::join!(looking.run(left), builds.run(chosen));
            });
        });
        Ok(Self {
            place,
            events,
            sender,
            leaving,
        })
    }

    /// Reads the library, on a thread of its own: the library may be unreachable for any length of time. Call it on a
    /// thread that may connect and read games.
    pub(crate) fn read_library(&self, config: Config) {
        let sender = self.sender.clone();
        let started = std::thread::Builder::new().spawn(move || {
            let mut is_told = false;
            let library = loop {
                match read_library(&config) {
                    Ok(library) => break library,
                    Err(failure) if !std::mem::replace(&mut is_told, true) => {
                        tracing::warn!(event = "library_unread", message = failure.what);
                    }
                    Err(_) => {}
                }
                if sender.is_closed() {
                    return;
                }
                std::thread::sleep(REREAD);
            };
            // The session may have ended.
            let _ = sender.send(ReplicaEvent::Library(Box::new(library)));
        });
        if started.is_err() {
            tracing::warn!(event = "library_unread", message = %t!("serve.no_thread"));
        }
    }

    /// Waits for the next event. Cancel safe.
    pub(crate) async fn next(&mut self) -> ReplicaEvent {
        match self.events.recv().await {
            Some(event) => event,
            // The handle has a sender itself.
            None => std::future::pending().await,
        }
    }

    /// Publishes a game of the library on all replicas.
    pub(crate) fn publish(&self, slug: String, reply: Option<ReplySender>) {
        let (place, sender) = (Arc::clone(&self.place), self.sender.clone());
        let started = std::thread::Builder::new().spawn(move || {
            let waiting = |ready, replicas| {
                let message = t!("replica.waiting", ready = ready, replicas = replicas);
                tracing::info!(event = "replicas_awaited", message = %message);
            };
            let published = publish(&place, &slug, &waiting);
            let result = published.map_err(|error| Failure::failed(error.text()));
            let result = result.map(|published| {
                // Until the game is on the air here, too.
                std::thread::sleep(published.choice.at.is_in() + SWAP);
            });
            // The session may have ended.
            let _ = sender.send(ReplicaEvent::Chosen { reply, result });
        });
        if started.is_err() {
            let result = Err(Failure::failed(t!("serve.no_thread")));
            // The client learns that there is no answer.
            let refused = ReplicaEvent::Chosen {
                reply: None,
                result,
            };
            let _ = self.sender.send(refused);
        }
    }

    /// Reports that this replica is shutting down, so that no publication waits for it.
    pub(crate) fn leave(&self) {
        self.leaving.send_replace(true);
    }
}

/// The pause before an unreachable library is read again.
const REREAD: Duration = Duration::from_secs(2);

/// The time that a swap may take after its moment.
const SWAP: Duration = Duration::from_millis(100);

/// The name of this replica: that of the machine, and the process number.
fn name() -> String {
    let system = rustix::system::uname();
    let host = system.nodename().to_string_lossy().into_owned();
    let host: String = host
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(64)
        .collect();
    let process = std::process::id();
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    format!("{host}-{process}-{}", time.unwrap_or_default().as_millis())
}

/// The part that looks at the choice and reports what this replica holds.
struct Looking {
    replica: Arc<Replica>,
    counters: &'static Counters,
    pointers: watch::Sender<OnAirPointer>,
    report: watch::Receiver<ReplicaReport>,
}

impl Looking {
    async fn run(mut self, mut leaving: watch::Receiver<bool>) {
        let mut looks = Looks::default();
        let mut reported: Option<Instant> = None;
        let mut is_failing = false;
        loop {
            match self.replica.look(&mut looks).await {
                Ok(changed) => {
                    if std::mem::take(&mut is_failing) {
                        tracing::info!(event = "replica_connected");
                    }
                    match changed {
                        // The next look counts: by then it is known whether this replica lags.
                        Some(pointer) => drop(self.pointers.send_replace(pointer)),
                        None => self.counters.replica.looked(),
                    }
                }
                Err(error) => self.log(&error, &mut is_failing),
            }
            let now = Moment::now();
            let is_soon = self.pointers.borrow().being_published(now).is_some();
            let heartbeat = Looks::heartbeat(is_soon);
            let is_due = reported.is_none_or(|reported| reported.elapsed() >= heartbeat);
            if is_due || self.report.has_changed().unwrap_or_default() {
                let report = self.report.borrow_and_update().clone();
                // The next look tells of a failure.
                if self.replica.report(&report).await.is_ok() {
                    reported = Some(Instant::now());
                }
            }
            tokio::select! {
                () = sleep(looks.pause(is_soon)) => {}
                Ok(()) = self.report.changed() => self.report.mark_changed(),
                // Also when the session has ended.
                _ = leaving.wait_for(|is_leaving| *is_leaving) => break,
            }
        }
        // Otherwise the others notice after a while.
        let _ = self.replica.leave().await;
        std::future::pending::<()>().await;
    }

    /// Logs that the library cannot be read, once.
    fn log(&self, error: &BucketError, is_failing: &mut bool) {
        if !std::mem::replace(is_failing, true) {
            let message = t!("replica.unread", error = error.text());
            tracing::warn!(event = "replica_disconnected", message = %message);
        }
    }
}
