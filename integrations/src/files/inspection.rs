//! What a file is, by its content; a small picture of it, when it is one; whether it is harmful.

use std::sync::Arc;

use brigade_domain::chat::attachment::{Inspector, Looked, MediaType};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Rejection};
use tokio::sync::Semaphore;

use super::clamd::Clamd;
use super::picture;

/// So many files are looked at at a time: each is held in memory, a picture also unpacked.
const AT_A_TIME: usize = 2;

/// Looks at files. Cheap to clone.
#[derive(Clone)]
pub struct Inspection {
    scanner: Option<Arc<Clamd>>,
    turns: Arc<Semaphore>,
}

impl Inspection {
    /// With a scanner for what is harmful, or without one.
    pub fn new(scanner: Option<Clamd>) -> Self {
        Self { scanner: scanner.map(Arc::new), turns: Arc::new(Semaphore::new(AT_A_TIME)) }
    }
}

impl Inspector for Inspection {
    fn look(&self, bytes: Vec<u8>) -> BoxFuture<'static, Result<(Vec<u8>, Looked), Rejection>> {
        let this = self.clone();
        Box::pin(async move {
            let _turn = this.turns.acquire().await.map_err(|error| Fault::internal("wait for a turn", error))?;
            if let Some(scanner) = &this.scanner {
                scanner.scan(&bytes).await?;
            }
            let looked = tokio::task::spawn_blocking(move || {
                let looked = look(&bytes);
                looked.map(|looked| (bytes, looked))
            });
            Ok(looked.await.map_err(|error| Fault::internal("look at a file", error))??)
        })
    }
}

fn look(bytes: &[u8]) -> Result<Looked, Fault> {
    let name = infer::Infer::new().get(bytes).map_or_else(|| unmarked(bytes), |kind| kind.mime_type());
    let media_type = MediaType::parse(name).map_err(|refusal| Fault::internal("name the type of a file", refusal))?;
    Ok(Looked { media_type, picture: picture::small(name, bytes) })
}

/// What bears no mark is text when it reads as one.
fn unmarked(bytes: &[u8]) -> &'static str {
    let is_text = std::str::from_utf8(bytes)
        .is_ok_and(|text| text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}')));
    if is_text { "text/plain" } else { "application/octet-stream" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(bytes: &[u8]) -> String {
        look(bytes).unwrap().media_type.as_str().to_owned()
    }

    #[test]
    fn a_file_is_what_it_holds_whatever_it_is_called() {
        assert_eq!(kind(b"%PDF-1.7\n"), "application/pdf");
        assert_eq!(kind(b"MZ\x90\x00\x03"), "application/vnd.microsoft.portable-executable");
        assert_eq!(kind("Grüße, قائمة\n".as_bytes()), "text/plain");
        assert_eq!(kind(b"<!DOCTYPE html><script>alert(1)</script>"), "text/html");
        assert_eq!(kind(&[0, 159, 146, 150]), "application/octet-stream");
    }

    #[tokio::test]
    async fn without_a_scanner_it_is_looked_at_only() {
        let (bytes, looked) = Inspection::new(None).look(b"hello".to_vec()).await.unwrap();
        assert_eq!((bytes.as_slice(), looked.picture), (b"hello".as_slice(), None));
    }
}
