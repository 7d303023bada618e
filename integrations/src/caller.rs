//! Asking servers that somebody else has named, such as those of webhooks and of push: nothing here trusts an address (security 36).
//!
//! A name is resolved once, each of its addresses is judged, and the connection goes to the address that was judged: what
//! the name says a moment later does not matter. There is no pool, no proxy, no redirect that is followed, no
//! decompression and no answer that is read beyond [`MOST_READ`].

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use brigade_domain::journal::BoxFuture;
use brigade_domain::webhooks::address::{EndpointUrl, Place, Policy};
use brigade_domain::webhooks::ports::{EXCERPT, Failure, Outcome};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{HeaderMap, RETRY_AFTER};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

/// How long one address may take to be connected to, so that there is time for the next.
const CONNECT: Duration = Duration::from_secs(5);
/// The most addresses of a name that are tried.
const ADDRESSES: usize = 3;
/// The most bytes of an answer's head.
const HEAD: usize = 32 * 1024;
/// The most bytes of an answer that are read; then the connection is closed.
const MOST_READ: usize = 64 * 1024;

/// Finds the addresses of a name.
pub(crate) trait Resolver: Send + Sync + 'static {
    /// All of them.
    fn resolve(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// Asks the machine's own resolver.
pub(crate) struct Machine;

impl Resolver for Machine {
    fn resolve(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    }
}

/// Asks over HTTP/1.1.
pub(crate) struct Caller {
    policy: Policy,
    resolver: Arc<dyn Resolver>,
    tls: TlsConnector,
    patience: Duration,
}

impl Caller {
    /// Goes where `policy` permits; everything, from the name to the answer, takes `patience` at most.
    pub(crate) fn new(policy: Policy, patience: Duration) -> Self {
        Self::with(policy, Arc::new(Machine), patience)
    }

    pub(crate) fn with(policy: Policy, resolver: Arc<dyn Resolver>, patience: Duration) -> Self {
        Self { policy, resolver, tls: TlsConnector::from(Arc::new(crate::tls::client())), patience }
    }

    /// Asks `url`, and says what it came to.
    pub(crate) async fn call(&self, url: &EndpointUrl, request: Request<Full<Bytes>>) -> Outcome {
        self.answer(url, request, Instant::now()).await.unwrap_or_else(Outcome::Failed)
    }

    async fn answer(
        &self,
        url: &EndpointUrl,
        request: Request<Full<Bytes>>,
        began: Instant,
    ) -> Result<Outcome, Failure> {
        let asked = tokio::time::timeout(self.patience, self.ask(url, request));
        let (response, line) = asked.await.map_err(|_| Failure::Late)??;
        let (status, retry_after) = (response.status().as_u16(), asked_pause(response.headers()));
        // What there is of the answer when time is up is answer enough.
        let mut start = Vec::new();
        let left = self.patience.saturating_sub(began.elapsed());
        let _ = tokio::time::timeout(left, read(response.into_body(), &mut start)).await;
        drop(line);
        Ok(Outcome::Answered { status, excerpt: excerpt(&start), retry_after })
    }

    async fn ask(
        &self,
        url: &EndpointUrl,
        request: Request<Full<Bytes>>,
    ) -> Result<(Response<Incoming>, Line), Failure> {
        let addresses = self.addresses(url).await?;
        let stream = connect(&addresses).await?;
        if !url.is_https() {
            return speak(stream, request).await;
        }
        let name = match url.place() {
            Place::Name(name) => ServerName::try_from(name).map_err(|_| Failure::Tls)?,
            Place::Address(address) => ServerName::from(address),
        };
        let stream = self.tls.connect(name, stream).await.map_err(|error| {
            tracing::debug!(error = %error, "A server that was named was not who it should be.");
            Failure::Tls
        })?;
        speak(stream, request).await
    }

    /// The addresses of the endpoint, each of which may be asked. One that may not spoils them all: a name that leads here
    /// and there is up to something.
    async fn addresses(&self, url: &EndpointUrl) -> Result<Vec<SocketAddr>, Failure> {
        let found = match url.place() {
            Place::Address(address) => vec![address],
            Place::Name(name) => self.resolver.resolve(name).await.map_err(|_| Failure::Unresolved)?,
        };
        if found.is_empty() {
            return Err(Failure::Unresolved);
        }
        if !found.iter().all(|address| self.policy.permits(url, *address)) {
            return Err(Failure::Forbidden);
        }
        Ok(found.into_iter().take(ADDRESSES).map(|address| SocketAddr::new(address, url.port())).collect())
    }
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
    for address in addresses {
        if let Ok(Ok(stream)) = tokio::time::timeout(CONNECT, TcpStream::connect(address)).await {
            return Ok(stream);
        }
    }
    Err(Failure::Unreachable)
}

/// The task that moves the bytes of a connection; dropped, the connection is closed.
struct Line(JoinHandle<()>);

impl Drop for Line {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn speak<S>(stream: S, request: Request<Full<Bytes>>) -> Result<(Response<Incoming>, Line), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let handshake = http1::Builder::new().max_buf_size(HEAD).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|_| Failure::Broken)?;
    // How it ended is heard by who waits for the answer.
    let line = Line(tokio::spawn(async move { drop(connection.await) }));
    let response = sender.send_request(request).await.map_err(|_| Failure::Broken)?;
    Ok((response, line))
}

/// Keeps the start of an answer, and reads on for a while: who is cut off in the middle of a short answer logs an error.
async fn read(mut body: Incoming, start: &mut Vec<u8>) {
    let mut seen = 0;
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(data) = frame.into_data() else { continue };
        let room = EXCERPT.saturating_sub(start.len()).min(data.len());
        start.extend_from_slice(&data[..room]);
        seen += data.len();
        if seen >= MOST_READ {
            break;
        }
    }
}

/// The start of an answer as text that can be kept and shown.
pub(crate) fn excerpt(start: &[u8]) -> String {
    let text = String::from_utf8_lossy(start);
    let shown = text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c });
    let mut kept = String::new();
    for c in shown {
        if kept.len() + c.len_utf8() > EXCERPT {
            break;
        }
        kept.push(c);
    }
    kept
}

/// How long the answer asks us to wait, in seconds; dates are not read.
fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}
