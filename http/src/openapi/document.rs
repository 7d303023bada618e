//! Putting the document together.

use brigade_domain::refusal::Code;
use serde_json::{Map, Value, json};
use utoipa::PartialSchema as _;

use crate::Routes;
use crate::envelope::{ErrorBody, Failure, Meta};
use crate::guard::Access;
use crate::route::{Entry, method_of};

/// The document of these routes.
pub fn document(routes: &Routes) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas: Map<String, Value> = Map::new();
    for entry in routes.entries.iter().filter(|entry| entry.documented) {
        for (name, schema) in &entry.schemas {
            schemas.insert(name.clone(), value(schema));
        }
        let method = method_of(&entry.method).as_str().to_lowercase();
        let path = paths.entry(entry.path.clone()).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(method, operation(entry));
        }
    }
    schemas.insert("Meta".into(), value(&Meta::schema()));
    schemas.insert("ErrorBody".into(), value(&ErrorBody::schema()));
    schemas.insert("Failure".into(), value(&Failure::schema()));
    schemas.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Brigade",
            "version": "1",
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": { "Failure": failure() },
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-brigade" },
                "bearer": { "type": "http", "scheme": "bearer" },
                "tenant_key": { "type": "apiKey", "in": "header", "name": "X-Tenant-Key" },
            },
        },
    })
}

const ABOUT: &str = "Every JSON answer is an envelope with `data` or `error`, and `meta` with the time and the request's id. \
    A browser signs in with a cookie and sends `X-CSRF-Token` (from `/v1/auth/me`) with everything that changes \
    something; a program sends `Authorization: Bearer …`; a site sends its tenant's public key as `X-Tenant-Key`. \
    `x-access` says who may call an operation.";

fn value<T: serde::Serialize>(part: &T) -> Value {
    // Schemas are maps with text keys: writing them as JSON cannot fail.
    serde_json::to_value(part).unwrap_or_default()
}

fn operation(entry: &Entry) -> Value {
    let mut operation = value(&entry.operation);
    if let Some(fields) = operation.as_object_mut() {
        let tag = fields.get("tags").and_then(|tags| tags.get(0)).and_then(Value::as_str).unwrap_or("api");
        let name = fields.get("operationId").and_then(Value::as_str).unwrap_or("");
        let id = format!("{tag}.{}.{name}", entry.path.trim_start_matches("/v1/").replace(['/', '{', '}', '.'], "_"));
        fields.insert("operationId".into(), json!(id));
        fields.insert("x-access".into(), value(&entry.access));
        fields.insert("security".into(), security(entry.access));
        if let Some(responses) = fields.get_mut("responses").and_then(Value::as_object_mut) {
            responses.values_mut().for_each(wrap);
            responses.insert("default".into(), json!({ "$ref": "#/components/responses/Failure" }));
        }
    }
    operation
}

/// Puts the schema of an answer under `data`.
fn wrap(response: &mut Value) {
    let Some(schema) = response.pointer_mut("/content/application~1json/schema") else { return };
    let data = schema.take();
    *schema = json!({
        "type": "object",
        "required": ["success", "data", "meta"],
        "properties": {
            "success": { "const": true },
            "data": data,
            "meta": { "$ref": "#/components/schemas/Meta" },
        },
    });
}

fn failure() -> Value {
    let codes: Vec<Value> = Code::ALL
        .iter()
        .map(|code| json!({ "code": code.as_str(), "status": code.status(), "text": code.text() }))
        .collect();
    json!({
        "description": "It did not happen; `error.code` says why and `error.message` what to do next.",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Failure" } } },
        "x-codes": codes,
    })
}

/// How to show who is calling; several entries are alternatives.
fn security(access: Access) -> Value {
    match access {
        Access::Public => json!([]),
        Access::Anybody | Access::Leaving | Access::Operator => json!([{}, { "session": [] }, { "bearer": [] }]),
        Access::SiteKey => json!([{ "tenant_key": [] }]),
        Access::SignedIn | Access::Enrolling | Access::Person | Access::AdminPerson | Access::SuperAdmin => {
            json!([{ "session": [] }, { "bearer": [] }])
        }
        Access::Participant
        | Access::ParticipantOrSupport
        | Access::Staff
        | Access::StaffOrSupport
        | Access::TenantAdmin
        | Access::AdminOrSupport => {
            json!([{ "session": [] }, { "bearer": [] }, { "tenant_key": [] }])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere_and_every_operation_says_who_may_call_it() {
        let document = document(&crate::all_routes(Routes::new()));
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer} leads nowhere");
        }
        let mut ids = std::collections::HashSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                assert!(operation["x-access"].is_string(), "{method} {path}");
                assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
                assert!(ids.insert(operation["operationId"].to_string()), "{method} {path}");
            }
        }
        assert!(ids.len() > 30);
    }

    /// Of two types of one name the document would have one, without a word.
    #[test]
    fn no_two_described_types_are_called_the_same() {
        let mut names = std::collections::HashSet::new();
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    for described in text.split("ToSchema)]").skip(1) {
                        let mut words =
                            described.split_whitespace().skip_while(|word| !["struct", "enum"].contains(word));
                        let name = words.nth(1).unwrap_or_default().to_owned();
                        assert!(names.insert(name.clone()), "{name} in {}", path.display());
                    }
                }
            }
        }
        assert!(names.len() > 80, "{}", names.len());
    }

    /// The API is a promise: a change of it shows up here, and is accepted with `cargo insta review`.
    #[test]
    fn the_document_is_pinned() {
        insta::assert_json_snapshot!("openapi", document(&crate::all_routes(Routes::new())));
    }
}
