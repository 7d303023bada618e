//! `ClamAV`'s daemon: the file is streamed to it (`INSTREAM`, clamd(8)), and it says whether it knows it as harmful.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};

/// How long it may take for one file.
const PATIENCE: Duration = Duration::from_secs(30);

/// So much is sent at a time.
const CHUNK: usize = 64 * 1024;

/// The longest answer that is read.
const ANSWER: u64 = 1_024;

/// Something that is not where a scanner listens.
#[derive(Debug, thiserror::Error)]
#[error("not where clamd listens: write host:port, or unix:/path/to/its/socket")]
pub struct InvalidScanner;

/// Where clamd listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clamd {
    /// At `host:port`.
    Tcp(String),
    /// At a socket in a folder.
    Unix(String),
}

impl fmt::Display for Clamd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => f.write_str(address),
            Self::Unix(path) => write!(f, "unix:{path}"),
        }
    }
}

impl FromStr for Clamd {
    type Err = InvalidScanner;
    fn from_str(text: &str) -> Result<Self, InvalidScanner> {
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.starts_with('/') { Ok(Self::Unix(path.to_owned())) } else { Err(InvalidScanner) };
        }
        match text.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(Self::Tcp(text.to_owned())),
            _ => Err(InvalidScanner),
        }
    }
}

impl Clamd {
    /// Refused when the file is harmful. A scanner that is away lets nothing through.
    pub(super) async fn scan(&self, bytes: &[u8]) -> Result<(), Rejection> {
        let asked = async {
            match self {
                Self::Tcp(address) => ask(TcpStream::connect(address).await?, bytes).await,
                Self::Unix(path) => ask(UnixStream::connect(path).await?, bytes).await,
            }
        };
        let away = |error: std::io::Error| Fault::unavailable("the scanner for harmful files", error);
        let answer = tokio::time::timeout(PATIENCE, asked).await.map_err(|late| away(late.into()))?.map_err(away)?;
        verdict(&answer)
    }
}

async fn ask(mut line: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> std::io::Result<String> {
    line.write_all(b"zINSTREAM\0").await?;
    for chunk in bytes.chunks(CHUNK) {
        let length = u32::try_from(chunk.len()).map_err(std::io::Error::other)?;
        line.write_all(&length.to_be_bytes()).await?;
        line.write_all(chunk).await?;
    }
    line.write_all(&0u32.to_be_bytes()).await?;
    let mut answer = Vec::new();
    line.take(ANSWER).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).trim_end_matches('\0').trim().to_owned())
}

fn verdict(answer: &str) -> Result<(), Rejection> {
    if answer == "stream: OK" {
        return Ok(());
    }
    if let Some(what) = answer.strip_prefix("stream: ").and_then(|rest| rest.strip_suffix(" FOUND")) {
        let text = "This file was found to be harmful and is not taken.";
        return Err(Refusal::new(Code::InvalidInput, text).with_details(serde_json::json!({ "found": what })).into());
    }
    Err(Fault::unavailable("the scanner for harmful files", std::io::Error::other(answer.to_owned())).into())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// Speaks clamd's side of the line, and knows one harmful file.
    async fn scanner() -> Clamd {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            while let Ok((mut line, _)) = listener.accept().await {
                let mut order = [0; 10];
                line.read_exact(&mut order).await.unwrap();
                assert_eq!(&order, b"zINSTREAM\0");
                let mut bytes = Vec::new();
                loop {
                    let length = line.read_u32().await.unwrap();
                    if length == 0 {
                        break;
                    }
                    let start = bytes.len();
                    bytes.resize(start + length as usize, 0);
                    line.read_exact(&mut bytes[start..]).await.unwrap();
                }
                let answer: &[u8] = match bytes.as_slice() {
                    b"harmful" => b"stream: Eicar-Test-Signature FOUND\0",
                    bytes if bytes.len() > 100_000 => b"INSTREAM size limit exceeded. ERROR\0",
                    _ => b"stream: OK\0",
                };
                line.write_all(answer).await.unwrap();
            }
        });
        address.parse().unwrap()
    }

    #[tokio::test]
    async fn what_is_harmful_is_refused_and_what_cannot_be_told_is_not_let_through() {
        let scanner = scanner().await;
        scanner.scan(&vec![7; 70_000]).await.unwrap();
        let Err(Rejection::Refused(refusal)) = scanner.scan(b"harmful").await else { panic!("let through") };
        assert_eq!(refusal.details.unwrap()["found"], "Eicar-Test-Signature");
        assert!(matches!(scanner.scan(&vec![7; 200_000]).await, Err(Rejection::Broken(_))));
        let away = Clamd::Unix("/nowhere/clamd.ctl".to_owned());
        assert!(matches!(away.scan(b"x").await, Err(Rejection::Broken(_))));
    }

    #[test]
    fn where_it_listens_is_checked() {
        for text in ["127.0.0.1:3310", "clamav:3310", "unix:/run/clamav/clamd.ctl"] {
            assert_eq!(text.parse::<Clamd>().unwrap().to_string(), text);
        }
        for text in ["", "clamav", "unix:clamd.ctl", ":3310", "clamav:port"] {
            assert!(text.parse::<Clamd>().is_err(), "{text}");
        }
    }
}
