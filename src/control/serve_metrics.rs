//! The metrics endpoint, on a port of its own.

use std::net::SocketAddr;

use crate::console::describe::Describe;
use crate::console::failure::Failure;
use webserver::metrics::counters::Counters;
use webserver::metrics::endpoint::Metrics;
use webserver::server::Server;
use webserver::server::limits::Limits;
use webserver::server::listener::Listener;

/// Serves the metrics until the program ends. Must be called within the runtime.
///
/// # Errors
/// If the port cannot be bound.
pub(crate) fn serve(address: SocketAddr, counters: &'static Counters) -> Result<(), Failure> {
    let listener = Listener::bind(Some(address.ip()), address.port())
        .map_err(|error| Failure::failed(error.text()))?;
    tracing::info!(event = "metrics_listening", address = %listener.address());
    // Requests for the metrics are not counted among the players'.
    let server = Server::new(Limits::default(), Counters::start());
    let service_for = move |_: SocketAddr| Metrics::new(counters);
    tokio::spawn(async move {
        server
            .run(listener, service_for, std::future::pending())
            .await;
    });
    Ok(())
}
