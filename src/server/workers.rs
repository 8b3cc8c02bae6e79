//! Threads that serve connections, one a core, each with a runtime of its own. A connection stays on the thread that
//! accepted it: nothing is stolen or woken across threads.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::thread;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use tokio::runtime::{self, Handle};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use crate::server::listener::Listener;
use crate::server::workload::Workload;
use crate::server::{Drained, Server};

/// The threads of each runtime that read files on disk, at most: as many as a disk serves at a time. Thousands of slow
/// clients would start hundreds.
const READERS: usize = 16;

/// The threads, which end when this is dropped.
#[derive(Debug)]
pub struct Workers {
    runtimes: Vec<Handle>,
    _running: Vec<oneshot::Sender<()>>,
}

impl Workers {
    /// Starts the threads, each of which calls `enter` first.
    ///
    /// # Errors
    /// If the system refuses a thread or what its runtime needs.
    pub fn start(enter: fn()) -> io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let (mut runtimes, mut running) = (Vec::new(), Vec::new());
        for number in 0..cores {
            let runtime = runtime::Builder::new_current_thread()
                .enable_all()
                .thread_name("serve-file")
                .max_blocking_threads(READERS)
                .build()?;
            runtimes.push(runtime.handle().clone());
            let (stop, stopped) = oneshot::channel();
            running.push(stop);
            thread::Builder::new()
                .name(format!("serve-{number}"))
                .spawn(move || {
                    enter();
                    // An error is the end of the sender.
                    let _ = runtime.block_on(stopped);
                    runtime.shutdown_background();
                })?;
        }
        Ok(Self {
            runtimes,
            _running: running,
        })
    }

    /// Serves the connections of a listener as [`Server::run`] does, on all threads.
    ///
    /// # Errors
    /// If the system refuses a descriptor.
    pub fn run<M, S, B>(
        &self,
        server: &Server,
        listener: Listener,
        service_for: M,
        shutdown: &CancellationToken,
    ) -> io::Result<impl Future<Output = Drained> + Send + use<M, S, B>>
    where
        M: Fn(SocketAddr) -> S + Clone + Send + 'static,
        S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + Unpin + 'static,
        S::Future: Send + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut running = JoinSet::new();
        let count = self.runtimes.len();
        let shared = listener.share(count)?.into_iter();
        let shared = shared.zip(Workload::for_threads(count));
        for (runtime, (shared, workload)) in self.runtimes.iter().zip(shared) {
            let listener = {
                let _within = runtime.enter();
                Listener::join(shared, workload)?
            };
            let stopped = shutdown.clone().cancelled_owned();
            let serving = server.clone().run(listener, service_for.clone(), stopped);
            running.spawn_on(serving, runtime);
        }
        Ok(async move {
            let all = running.join_all().await;
            match all.contains(&Drained::Cut) {
                true => Drained::Cut,
                false => Drained::Whole,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::counters::Counters;
    use crate::metrics::endpoint::Metrics;
    use crate::server::limits::Limits;
    use std::collections::HashSet;
    use std::net::Ipv4Addr;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::time::timeout;

    static ENTERED: AtomicUsize = AtomicUsize::new(0);

    #[tokio::test]
    async fn connections_are_shared_out_among_the_threads_and_finished_at_the_end() {
        let workers = Workers::start(|| {
            ENTERED.fetch_add(1, Ordering::Relaxed);
        })
        .unwrap();
        let listener = Listener::bind(Some(Ipv4Addr::LOCALHOST.into()), 0).unwrap();
        let address = listener.address();
        let counters = Counters::start();
        let threads = Arc::new(Mutex::new(Vec::new()));
        let served = Arc::clone(&threads);
        let service_for = move |_| {
            served.lock().unwrap().push(thread::current().id());
            Metrics::new(counters)
        };
        let server = Server::new(Limits::default(), counters);
        let shutdown = CancellationToken::new();
        let running = workers.run(&server, listener, service_for, &shutdown);
        let running = tokio::spawn(running.unwrap());
        let mut clients = Vec::new();
        for _ in 0..100 {
            let mut client = TcpStream::connect(address).await.unwrap();
            let request = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
            client.write_all(request).await.unwrap();
            let mut answer = [0; 12];
            let read = client.read_exact(&mut answer);
            timeout(Duration::from_secs(60), read)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(&answer, b"HTTP/1.1 200");
            clients.push(client);
        }
        let count = workers.runtimes.len();
        let different: HashSet<_> = threads.lock().unwrap().iter().copied().collect();
        assert!(different.len() >= count.min(2), "{different:?}");
        assert_eq!(ENTERED.load(Ordering::Relaxed), count);
        shutdown.cancel();
        let drained = timeout(Duration::from_secs(60), running).await.unwrap();
        assert_eq!(drained.unwrap(), Drained::Whole);
    }
}
