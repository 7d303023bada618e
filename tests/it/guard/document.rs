//! The operations of the OpenAPI document, ready to be asked.

use reqwest::Method;
use serde_json::Value;

use crate::support::TestApp;

/// One operation.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// Its method.
    pub(crate) method: Method,
    /// Its path, with `{placeholders}`.
    pub(crate) path: String,
    /// Who may call it (`x-access`).
    pub(crate) access: String,
    /// Whether it takes a JSON body.
    pub(crate) has_body: bool,
    /// Whether it takes the bytes of a file.
    pub(crate) has_octets: bool,
}

impl Operation {
    /// The path with each placeholder replaced by what `id` says for it.
    pub(crate) fn at(&self, id: impl Fn(&str) -> String) -> String {
        let mut path = String::new();
        let mut rest = self.path.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap();
            path.push_str(before);
            path.push_str(&id(name));
            rest = after;
        }
        path + rest
    }

    /// The path with ids that are well-formed and nobody's.
    pub(crate) fn at_nobody(&self) -> String {
        self.at(|name| self.nobody(name))
    }

    /// A well-formed id that is nobody's.
    pub(crate) fn nobody(&self, name: &str) -> String {
        let suffix = "01h455vb4pex5vsknk084sn02q";
        let prefix = match name {
            "user" => "usr",
            "seq" => return "1".to_owned(),
            "job" => return i64::MAX.to_string(),
            "file" => "att",
            "tenant" => "ten",
            "id" if self.path.contains("/support/") => "per",
            "token" => return "nothing".to_owned(),
            "occasion" => return "transcript".to_owned(),
            "id" if self.path.contains("/sessions/") => "ses",
            "id" if self.path.contains("/devices/") => "dvc",
            "id" if self.path.contains("/exports/") => "exp",
            "id" if self.path.contains("/keys/") => "key",
            "id" if self.path.contains("/webhooks/") => "whk",
            "delivery" => "dlv",
            "id" if self.path.contains("/replies/") => "rep",
            "id" if self.path.contains("/views/") => "vew",
            "id" if self.path.contains("/staff/invitations/") => "inv",
            "id" if self.path.contains("/conversations/") => "cnv",
            "id" if self.path.contains("/accounts/") => "acc",
            "id" if self.path.contains("/tenants/") => "ten",
            _ => panic!("what is {{{name}}} of {}? Teach this test the new path", self.path),
        };
        format!("{prefix}_{suffix}")
    }
}

/// Every operation there is.
pub(crate) async fn operations(app: &TestApp) -> Vec<Operation> {
    let document: Value = reqwest::get(app.url("/v1/openapi.json")).await.unwrap().json().await.unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                access: operation["x-access"].as_str().unwrap().to_owned(),
                has_body: operation["requestBody"]["content"]["application/json"].is_object(),
                has_octets: operation["requestBody"]["content"]["application/octet-stream"].is_object(),
            });
        }
    }
    assert!(operations.len() > 40, "only {} operations", operations.len());
    operations
}
