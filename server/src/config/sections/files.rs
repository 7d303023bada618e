//! Files that go with messages.

use std::path::PathBuf;

use brigade_integrations::files::{Bucket, Clamd};

use crate::config::section::section;
use crate::config::value::{Origin, Secret, Setting};

section! {
    /// Files that go with messages. Their bytes are kept in a folder or in a bucket; what is known of them is in the database.
    Files = "files" {
        /// The folder. With several nodes, one that all of them see. Empty: `files` in database.data. Back it up with the database.
        folder: Option<PathBuf> = Text "";
        /// A bucket of S3, or of what speaks like it, instead of the folder: `name`, or `name/folder`. It must be there. Empty: the folder.
        bucket: Option<String> = Text "";
        /// Where the bucket is, such as `https://minio.example.org:9000`. Empty: Amazon S3.
        endpoint: Option<Origin> = Text "";
        /// The bucket's region.
        region: String = Text "us-east-1", alias "AWS_REGION";
        /// Who asks the bucket: the id of a key. Empty: as the machine may (`AWS_*` of the environment, its role).
        access_key_id: Option<String> = Text "";
        /// The key's secret.
        secret_access_key: Option<Secret> = Text "";
        /// Where the scanner `clamd` listens (`host:port` or `unix:/path`): each file is scanned before it can be sent. Empty: no scan.
        clamd: Option<Clamd> = Text "";
    }
}

impl Files {
    /// The bucket, if it is one.
    pub(crate) fn bucket(&self) -> Option<Bucket> {
        let key =
            self.access_key_id.clone().zip(self.secret_access_key.as_ref().map(|secret| secret.reveal().to_owned()));
        let endpoint = self.endpoint.as_ref().map(|origin| origin.as_str().to_owned());
        self.bucket.clone().map(|name| Bucket { name, endpoint, region: self.region.clone(), key })
    }
}

impl Setting for Clamd {
    fn expected() -> String {
        "host:port, or unix:/path/to/its/socket".to_owned()
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn show(&self) -> String {
        self.to_string()
    }
}
