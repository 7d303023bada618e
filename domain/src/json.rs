//! JSON that is written once and passed on as text.

use std::fmt;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::{RawValue, to_raw_value};

/// JSON text, known to be well-formed. A copy shares it; two are equal when they read the same, to the letter.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct Json(Arc<RawValue>);

impl Json {
    /// Writes `value` down.
    ///
    /// # Panics
    /// When it cannot be JSON: a map with keys that are no text. That is a defect of its type.
    pub fn of(value: &impl Serialize) -> Self {
        #[expect(clippy::expect_used, reason = "what is written down are types of ours")]
        let raw = to_raw_value(value).expect("a type of ours has keys that are text");
        Self(raw.into())
    }

    /// Text that was JSON before, as from a row.
    pub fn parse(text: String) -> Result<Self, serde_json::Error> {
        RawValue::from_string(text).map(|raw| Self(raw.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Self::parse(value.to_string()).map_err(D::Error::custom)
    }
}
