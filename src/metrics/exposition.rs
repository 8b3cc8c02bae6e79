//! The counters in the OpenMetrics 1.0 text format, which Prometheus reads.

use std::fmt;
use std::sync::atomic::AtomicU64;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeMetric, MetricEncoder, NoLabelSet, text,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use crate::metrics::counters::{Counters, Refusal};
use crate::metrics::histogram::{BOUNDS, HistogramTotal};
use crate::metrics::thread_counter::read;

/// The media type of the format.
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

impl Counters {
    /// All counters in the OpenMetrics text format.
    pub fn metrics(&'static self) -> String {
        let mut registry = Registry::with_prefix("webserver");
        registry.register_collector(Box::new(self));
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = text::encode(&mut text, &registry);
        text
    }
}

impl Collector for &'static Counters {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        encode_requests(self, &mut encoder)?;
        encode_connections(self, &mut encoder)?;
        encode_browsers(self, &mut encoder)?;
        encode_builds(self, &mut encoder)?;
        encode_replica(self, &mut encoder)?;
        let uptime = ConstGauge::new(self.started.elapsed().as_secs_f64());
        one(
            &mut encoder,
            ("uptime_seconds", "Time since the start"),
            &uptime,
        )
    }
}

/// A metric's name and help text.
type Named = (&'static str, &'static str);

fn encode_requests(counters: &Counters, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let mut by_status: [u64; crate::metrics::counters::STATUSES] = [0; _];
    let mut responses = HistogramTotal::default();
    for thread in &counters.threads {
        for (total, requests) in by_status.iter_mut().zip(&thread.requests) {
            *total += read(requests);
        }
        responses.add(&thread.responses);
    }
    let statuses = (100_u16..)
        .zip(by_status)
        .filter(|(_, requests)| *requests > 0);
    let statuses = statuses.map(|(status, requests)| ("status", status.to_string(), requests));
    let name = ("requests", "Requests answered, by status");
    family(encoder, name, statuses)?;
    let name = (
        "response_seconds",
        "Time from a request's head to the end of its response",
    );
    one(encoder, name, &responses)?;
    let sent = ConstCounter::new(counters.total_sent());
    one(encoder, ("sent_bytes", "Bytes sent"), &sent)
}

fn encode_connections(counters: &Counters, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let open = ConstGauge::new(read(&counters.connections));
    one(encoder, ("connections", "Open connections"), &open)?;
    let name = ("connections_accepted", "Accepted connections");
    one(encoder, name, &counter(&counters.accepted))?;
    let refused = Refusal::ALL.iter().zip(&counters.refused);
    let refused = refused.map(|(reason, count)| ("reason", reason.name().to_owned(), read(count)));
    let name = (
        "connections_refused",
        "Connections closed or refused, by reason",
    );
    family(encoder, name, refused)
}

fn encode_browsers(counters: &Counters, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let browsers = counters.browsers.now();
    let name = (
        "browsers_loaded",
        "Browsers that loaded the game on the air",
    );
    one(encoder, name, &ConstGauge::new(browsers.loaded))?;
    let name = (
        "browsers_loading",
        "Browsers that are loading the game on the air",
    );
    let loading = browsers.loading.len() as u64;
    one(encoder, name, &ConstGauge::new(loading))
}

fn encode_builds(counters: &Counters, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let name = ("switches", "Games published in the place of another");
    one(encoder, name, &counter(&counters.switches))?;
    let name = ("builds_failed", "Failed builds");
    one(encoder, name, &counter(&counters.failed_builds))?;
    let mut builds = HistogramTotal::default();
    builds.add(&counters.builds);
    let name = ("build_seconds", "Build time");
    one(encoder, name, &builds)
}

fn counter(count: &AtomicU64) -> ConstCounter<u64> {
    ConstCounter::new(read(count))
}

/// A server that is not a replica has none of these.
fn encode_replica(counters: &Counters, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    let Some(replica) = counters.replica.now() else {
        return Ok(());
    };
    let since_look = ConstGauge::new(replica.since_look.as_secs_f64());
    let name = (
        "replica_look_age_seconds",
        "Time since the last look at the choice in the library",
    );
    one(encoder, name, &since_look)?;
    let lags = ConstGauge::new(i64::from(replica.is_lagging));
    let name = (
        "replica_lagging",
        "1 while another game is chosen than the one on the air",
    );
    one(encoder, name, &lags)
}

fn one(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): Named,
    metric: &impl EncodeMetric,
) -> fmt::Result {
    metric.encode(encoder.encode_descriptor(name, help, None, metric.metric_type())?)
}

/// Encodes a counter for each value of a label.
fn family(
    encoder: &mut DescriptorEncoder<'_>,
    (name, help): Named,
    members: impl Iterator<Item = (&'static str, String, u64)>,
) -> fmt::Result {
    let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (label, value, count) in members {
        let labels = [(label, value)];
        ConstCounter::new(count).encode(metric.encode_family(&labels)?)?;
    }
    Ok(())
}

impl EncodeMetric for HistogramTotal {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let bounds = BOUNDS.map(|millis| millis as f64 / 1000.0);
        let bounds = bounds.into_iter().chain([f64::INFINITY]);
        let buckets: Vec<_> = bounds.zip(self.buckets).collect();
        let sum = self.sum as f64 / 1e6;
        let count = self.buckets.iter().sum();
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;
    use std::time::Duration;

    #[test]
    fn metrics_are_valid_openmetrics() {
        let counters = Counters::start();
        counters.record_response(StatusCode::OK, Duration::from_millis(4));
        counters.record_response(StatusCode::OK, Duration::from_millis(40));
        counters.record_response(StatusCode::NOT_FOUND, Duration::from_millis(4));
        counters.record_sent(1234);
        counters.opened();
        counters.record_refusal(Refusal::FirstByte);
        counters.built(Duration::from_millis(1500), true);
        counters.built(Duration::from_millis(1), false);
        let text = counters.metrics();
        // OpenMetrics 1.0: a counter's samples end in `_total`, buckets are cumulative, the text ends with `# EOF`.
        for line in [
            "# TYPE webserver_requests counter",
            "webserver_requests_total{status=\"200\"} 2",
            "webserver_requests_total{status=\"404\"} 1",
            "# TYPE webserver_response_seconds histogram",
            "webserver_response_seconds_count 3",
            "webserver_response_seconds_sum 0.048",
            "webserver_response_seconds_bucket{le=\"0.005\"} 2",
            "webserver_response_seconds_bucket{le=\"0.05\"} 3",
            "webserver_response_seconds_bucket{le=\"+Inf\"} 3",
            "webserver_sent_bytes_total 1234",
            "# TYPE webserver_connections gauge",
            "webserver_connections 1",
            "webserver_connections_accepted_total 1",
            "webserver_connections_refused_total{reason=\"address\"} 0",
            "webserver_connections_refused_total{reason=\"first_byte\"} 1",
            "# TYPE webserver_browsers_loaded gauge",
            "webserver_browsers_loaded 0",
            "webserver_browsers_loading 0",
            "webserver_switches_total 0",
            "webserver_builds_failed_total 1",
            "webserver_build_seconds_count 1",
            "webserver_build_seconds_bucket{le=\"2.5\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"), "{text}");
    }
}
