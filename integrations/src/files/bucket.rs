//! Bytes in a bucket: of Amazon S3, or of what speaks as S3 does (Ceph, Garage, R2 and others).

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, RetryConfig};

use super::client::Connector;

/// Somebody waits for the answer: what is away for longer is told to them, and they try again.
const RETRY: Duration = Duration::from_secs(8);

/// A bucket, and who asks.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its name, and after a slash the folder in it, if not all of it is for this.
    pub name: String,
    /// Where it is, when it is not Amazon's: `https://minio.example.org:9000`. The bucket's name goes into the path.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// Who asks: the id of a key and its secret. Without it, as the machine is allowed to (`AWS_*` of the environment, its role).
    pub key: Option<(String, String)>,
}

/// A bucket that cannot be used, whatever it would answer.
#[derive(Debug, thiserror::Error)]
#[error("files cannot be kept in the bucket {name}: {reason}")]
pub struct InvalidBucket {
    /// Which.
    pub name: String,
    /// Why.
    pub reason: String,
}

impl Bucket {
    pub(super) fn open(&self) -> Result<Arc<dyn ObjectStore>, InvalidBucket> {
        let invalid = |reason: String| InvalidBucket { name: self.name.clone(), reason };
        let (name, folder) = self.name.split_once('/').unwrap_or((&self.name, ""));
        // `Key` would take the empty part away, and whoever looks for the files would not find them there.
        if name.is_empty() || folder.starts_with('/') {
            return Err(invalid("a bucket is given as `name` or `name/folder`".to_owned()));
        }
        let folder = Key::parse(folder.trim_end_matches('/')).map_err(|error| invalid(error.to_string()))?;
        let builder = match &self.key {
            Some((id, secret)) => {
                AmazonS3Builder::new().with_access_key_id(id.as_str()).with_secret_access_key(secret.as_str())
            }
            None => AmazonS3Builder::from_env(),
        };
        let mut builder = builder
            .with_bucket_name(name)
            .with_region(self.region.as_str())
            .with_http_connector(Connector)
            .with_retry(RetryConfig { max_retries: 3, retry_timeout: RETRY, ..RetryConfig::default() })
            // Not everything that speaks as S3 does takes many at once, and a file has 27 objects at most.
            .with_disable_bulk_delete(true);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint.as_str()).with_allow_http(endpoint.starts_with("http://"));
        }
        let store = builder.build().map_err(|error| invalid(error.to_string()))?;
        Ok(if folder.as_ref().is_empty() { Arc::new(store) } else { Arc::new(PrefixStore::new(store, folder)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(name: &str, endpoint: Option<&str>) -> Bucket {
        let key = Some(("id".to_owned(), "secret".to_owned()));
        Bucket { name: name.to_owned(), endpoint: endpoint.map(str::to_owned), region: "eu-central-1".to_owned(), key }
    }

    #[test]
    fn a_bucket_is_opened_without_being_asked() {
        for (name, endpoint) in [("files", None), ("files/brigade/live/", None), ("files", Some("http://127.0.0.1:1"))]
        {
            bucket(name, endpoint).open().unwrap();
        }
    }

    #[test]
    fn what_can_be_no_bucket_is_refused_by_name() {
        for name in ["", "/files", "files//twice", "files/a//b", "files/../up"] {
            let error = bucket(name, None).open().unwrap_err().to_string();
            assert!(error.contains(name) && !error.contains("secret"), "{error}");
        }
    }
}
