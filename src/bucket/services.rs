//! The services that libraries are stored in: S3, Google Cloud Storage, Azure Blob Storage, or a folder on disk.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::{BackoffConfig, ClientOptions, Error, ObjectStore, RetryConfig};

use crate::bucket::address::BucketAddress;

/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// The longest wait in which nothing arrives.
const READ: Duration = Duration::from_secs(20);

/// Creates the client of the service at an address, whose requests are not tried again after this time. The settings come
/// from the environment.
pub(super) fn connect(
    address: &BucketAddress,
    endpoint: Option<&str>,
    patience: Duration,
) -> Result<Arc<dyn ObjectStore>, Error> {
    let url = address.url();
    let options = client_options(endpoint, patience);
    let retry = retry(patience);
    Ok(match url.scheme() {
        "s3" => {
            let mut builder = AmazonS3Builder::from_env().with_url(url.as_str());
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(endpoint);
            }
            let builder = builder.with_client_options(options).with_retry(retry);
            Arc::new(builder.build()?)
        }
        "gs" => {
            let mut builder = GoogleCloudStorageBuilder::from_env().with_url(url.as_str());
            if let Some(endpoint) = endpoint {
                builder = builder.with_base_url(endpoint);
            }
            let builder = builder.with_client_options(options).with_retry(retry);
            Arc::new(builder.build()?)
        }
        "az" => {
            let mut builder = MicrosoftAzureBuilder::from_env().with_url(url.as_str());
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(endpoint.to_owned());
            }
            let builder = builder.with_client_options(options).with_retry(retry);
            Arc::new(builder.build()?)
        }
        _ => Arc::new(folder(url.to_file_path().unwrap_or_default())?),
    })
}

/// Without TLS only if the endpoint or the environment says so.
fn client_options(endpoint: Option<&str>, patience: Duration) -> ClientOptions {
    let is_plain = endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"));
    let allows_http = ["AWS_ALLOW_HTTP", "GOOGLE_ALLOW_HTTP", "AZURE_ALLOW_HTTP"];
    let is_allowed = |name: &&str| std::env::var(name).is_ok_and(|set| set == "true");
    let options = ClientOptions::new()
        .with_connect_timeout(CONNECT)
        .with_read_timeout(READ.min(patience * 4))
        // A file of any size may take as long as it needs, while bytes arrive.
        .with_timeout_disabled();
    match is_plain || allows_http.iter().any(is_allowed) {
        true => options.with_allow_http(true),
        false => options,
    }
}

fn retry(patience: Duration) -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(5),
            base: 2.0,
        },
        max_retries: 6,
        retry_timeout: patience,
    }
}

/// A folder on disk, which is created.
fn folder(folder: PathBuf) -> Result<LocalFileSystem, Error> {
    std::fs::create_dir_all(&folder).map_err(|error| Error::Generic {
        store: "file",
        source: error.into(),
    })?;
    LocalFileSystem::new_with_prefix(folder)
}
