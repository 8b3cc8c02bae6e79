//! The metrics endpoint, on a port of its own.

use std::net::SocketAddr;

use webserver::metrics::counters::Counters;
use webserver::metrics::endpoint::Metrics;
use webserver::server::Server;
use webserver::server::limits::Limits;
use webserver::server::listener::Listener;

/// Serves the metrics until the program ends. Must be called within the runtime.
pub(crate) fn serve(listener: Listener, counters: &'static Counters) {
    tracing::info!(event = "metrics_listening", address = %listener.address());
    // Requests for the metrics are not counted among the players'.
    let server = Server::new(Limits::default(), Counters::start());
    let service_for = move |_: SocketAddr| Metrics::new(counters);
    tokio::spawn(async move {
        server
            .run(listener, service_for, std::future::pending())
            .await;
    });
}
