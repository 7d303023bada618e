//! As much of an HTTP client as setting up a benchmark takes: JSON to a path on loopback, JSON back.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(20);

/// Posts `body` with header lines (each with its line end) and returns the envelope's `data`.
pub(super) fn post(address: SocketAddr, path: &str, headers: &str, body: &Value) -> Result<Value> {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).with_context(|| format!("waiting for the answer to {path}"))?;
    let answer = String::from_utf8(answer)?;
    let (head, content) = answer.split_once("\r\n\r\n").with_context(|| format!("{path} answered with no head"))?;
    ensure!(!head.to_ascii_lowercase().contains("transfer-encoding"), "{path} answered in chunks");
    let envelope: Value = serde_json::from_str(content).with_context(|| format!("{path} answered {answer}"))?;
    match envelope {
        Value::Object(mut envelope) if envelope.get("success") == Some(&Value::Bool(true)) => {
            Ok(envelope.remove("data").unwrap_or_default())
        }
        refused => bail!("{path} was refused: {refused}"),
    }
}
