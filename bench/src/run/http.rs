//! As much of an HTTP client as a benchmark takes: JSON to a path on loopback and JSON back to set it up, and a line that is
//! kept for requests that are measured.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
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

/// A connection that is kept for one request after the other.
#[derive(Debug)]
pub struct Line {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
    body: Vec<u8>,
}

impl Line {
    /// Connects.
    pub fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), address, body: Vec::new() })
    }

    /// Gets `path` with header lines (each with its line end); the answer must be a 200 and is read and forgotten.
    pub fn get(&mut self, path: &str, headers: &str) -> Result<()> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n", self.address);
        self.stream.get_mut().write_all(request.as_bytes())?;
        let (mut line, mut status, mut length) = (String::new(), String::new(), 0);
        loop {
            line.clear();
            ensure!(self.stream.read_line(&mut line)? > 0, "{path}: the connection ended");
            if status.is_empty() {
                line.trim_end().clone_into(&mut status);
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
            if line == "\r\n" {
                break;
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body)?;
        ensure!(status.contains(" 200 "), "{path} answered {status}: {}", String::from_utf8_lossy(&self.body));
        Ok(())
    }
}
