//! docs/asyncapi.yaml, and whether a value is as it describes.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};
use yaml_rust2::{Yaml, YamlLoader};

/// A file of the repository.
pub(crate) fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The description of the live protocol.
pub(crate) struct Description(pub(crate) Value);

impl Description {
    /// Reads it.
    pub(crate) fn read() -> Self {
        let documents = YamlLoader::load_from_str(&file("docs/asyncapi.yaml")).unwrap();
        Self(json(&documents[0]))
    }

    /// A named schema.
    pub(crate) fn schema(&self, name: &str) -> &Value {
        let schema = &self.0["components"]["schemas"][name];
        assert!(schema.is_object(), "there is no schema {name}");
        schema
    }

    /// The frames of an operation, by name, each with its schema.
    pub(crate) fn frames(&self, operation: &str) -> Vec<(String, &Value)> {
        let messages = self.0["operations"][operation]["messages"].as_array().unwrap();
        let messages = messages.iter().map(|reference| self.behind(self.behind(reference)));
        messages
            .map(|message| (message["name"].as_str().unwrap().to_owned(), self.behind(&message["payload"])))
            .collect()
    }

    /// The types of an entity's commands or events.
    pub(crate) fn types(&self, entity: &str, what: &str) -> BTreeSet<String> {
        let choices = self.behind(&self.0["x-entities"][entity][what])["oneOf"].as_array().unwrap();
        choices.iter().map(|choice| choice["properties"]["type"]["const"].as_str().unwrap().to_owned()).collect()
    }

    /// What a reference refers to; anything else is itself.
    fn behind<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                let found = self.0.pointer(reference.strip_prefix('#').unwrap());
                found.unwrap_or_else(|| panic!("{reference} leads nowhere"))
            }
            None => value,
        }
    }

    /// Panics unless `value` is what `schema` describes. Stricter than JSON Schema: what is not described may not be there.
    pub(crate) fn assert_describes(&self, schema: &Value, value: &Value) {
        if let Err(problem) = self.check(schema, value, "$") {
            panic!("{problem} in {value:#}");
        }
    }

    fn check(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let schema = self.behind(schema);
        if let Some(choices) = schema["oneOf"].as_array() {
            let problems: Vec<_> = choices.iter().filter_map(|choice| self.check(choice, value, at).err()).collect();
            return if problems.len() < choices.len() { Ok(()) } else { Err(problems.join("; or ")) };
        }
        if let Some(constant) = schema.get("const")
            && constant != value
        {
            return Err(format!("{at} is {value}, described is {constant}"));
        }
        if let Some(allowed) = schema["enum"].as_array()
            && !allowed.contains(value)
        {
            return Err(format!("{at} is {value}, described is one of {allowed:?}"));
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !types.is_empty() && !types.iter().any(|kind| is_a(kind, value)) {
            return Err(format!("{at} is {value}, described is {types:?}"));
        }
        if let Some(items) = value.as_array() {
            let check = |(place, item)| self.check(&schema["items"], item, &format!("{at}[{place}]"));
            return items.iter().enumerate().try_for_each(check);
        }
        match value.as_object() {
            Some(fields) if schema["type"] == "object" => self.check_fields(schema, fields, at),
            _ => Ok(()),
        }
    }

    fn check_fields(&self, schema: &Value, fields: &Map<String, Value>, at: &str) -> Result<(), String> {
        for required in schema["required"].as_array().into_iter().flatten() {
            if !fields.contains_key(required.as_str().unwrap()) {
                return Err(format!("{at} has no {required}"));
            }
        }
        // An object of which nothing is described is any object.
        if schema.get("properties").is_none() && schema.get("additionalProperties").is_none() {
            return Ok(());
        }
        for (name, value) in fields {
            let place = format!("{at}.{name}");
            match (schema["properties"].get(name), &schema["additionalProperties"]) {
                (Some(property), _) => self.check(property, value, &place)?,
                (None, additional) if additional.is_object() => self.check(additional, value, &place)?,
                (None, _) => return Err(format!("{place} is not described")),
            }
        }
        Ok(())
    }
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => panic!("a type {kind}"),
    }
}

fn json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Real(text) => text.parse::<f64>().map_or(Value::Null, Value::from),
        Yaml::Integer(number) => Value::from(*number),
        Yaml::String(text) => Value::from(text.as_str()),
        Yaml::Boolean(yes) => Value::from(*yes),
        Yaml::Array(items) => items.iter().map(json).collect(),
        Yaml::Hash(fields) => {
            let name = |key: &Yaml| match json(key) {
                Value::String(text) => text,
                other => other.to_string(),
            };
            Value::Object(fields.iter().map(|(key, value)| (name(key), json(value))).collect())
        }
        Yaml::Null => Value::Null,
        Yaml::Alias(_) | Yaml::BadValue => panic!("{yaml:?}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_missing_wrong_or_not_described_is_found() {
        let description = Description::read();
        let ack = description.schema("AckFrame").clone();
        let good = json!({ "t": "ack", "id": "x", "seq": 3 });
        description.assert_describes(&ack, &good);
        for (field, value) in [("seq", json!("3")), ("t", json!("nack")), ("colour", json!("blue"))] {
            let mut bad = good.clone();
            bad[field] = value;
            assert!(description.check(&ack, &bad, "$").is_err(), "{bad}");
        }
        assert!(description.check(&ack, &json!({ "t": "ack", "id": "x" }), "$").is_err());
    }
}
