//! One TCP connection: HTTP/1.1 for the application, until a request becomes a socket and takes the connection with it.
//!
//! actix-web keeps a connection, with two buffers of 8 KiB and a dispatcher, behind a body for as long as it lasts. What
//! is here goes through actix-http's own upgrade service instead, so that a socket owns nothing but itself
//! (docs/decisions/0008). The request that asks for it is answered by the same application, guard and all.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_codec::{Encoder as _, Framed, FramedParts};
use actix_http::error::DispatchError;
use actix_http::h1::{Codec, Message};
use actix_http::{ConnectionType, HttpService, Request, Response};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt as _, fn_factory, fn_service, map_config,
};
use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
use bytes::BytesMut;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::session::Session;
use crate::socket;

/// How long a peer may take for the answer that ends its connection, and then for going away.
const GOODBYE: Duration = Duration::from_secs(3);

/// How long connections may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// An idle connection waits this long for its next request.
    pub keep_alive: Duration,
    /// A request's head is complete this long after its beginning.
    pub request: Duration,
    /// A connection that is being closed is cut after this.
    pub disconnect: Duration,
}

/// What an answer `101` carries: the session that takes the connection over.
pub(crate) struct Handover(pub(crate) Arc<Session>);

/// The service of a listener: requests go to the application that `app` makes, sockets to their sessions.
pub fn connections<F, I, S, B>(
    timeouts: Timeouts,
    app: F,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()>
where
    F: Fn() -> I,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    <S::Service as Service<Request>>::Future: 'static,
    B: MessageBody + 'static,
{
    let application = || {
        let app = app().into_factory().map_err(|error| error.into().error_response());
        map_config(app, |()| AppConfig::default())
    };
    HttpService::build()
        .keep_alive(timeouts.keep_alive)
        .client_request_timeout(timeouts.request)
        .client_disconnect_timeout(timeouts.disconnect)
        .tcp_nodelay(true)
        .upgrade(upgrades(application()))
        .finish(application())
        .tcp()
}

/// Requests that ask for another protocol: answered by `app`; then the connection is a socket's, or ends.
fn upgrades<S, B>(
    app: S,
) -> impl ServiceFactory<
    (Request, Framed<TcpStream, Codec>),
    Config = (),
    Response = (),
    Error = Error,
    InitError = S::InitError,
>
where
    S: ServiceFactory<Request, Config = ()> + 'static,
    S::Error: Into<Response<BoxBody>>,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>>,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    fn_factory(move || {
        let app = app.new_service(());
        async move {
            let app = Rc::new(app.await?);
            Ok(fn_service(move |(request, framed): (Request, Framed<TcpStream, Codec>)| {
                let app = Rc::clone(&app);
                async move {
                    let answer = match app.call(request).await {
                        Ok(answer) => answer.into().map_into_boxed_body(),
                        Err(error) => error.into(),
                    };
                    if let Err(error) = go_on(answer, framed.into_parts()).await {
                        tracing::debug!(%error, "a connection was lost before it was a socket");
                    }
                    Ok(())
                }
            }))
        }
    })
}

/// Writes the answer; then the connection is a socket's, if the answer carries one, and ends otherwise.
async fn go_on(mut answer: Response<BoxBody>, parts: FramedParts<TcpStream, Codec>) -> io::Result<()> {
    let FramedParts { io: mut stream, mut codec, read_buf, write_buf: mut out, .. } = parts;
    let handover = answer.extensions_mut().remove::<Handover>();
    if handover.is_none() {
        answer.head_mut().set_connection_type(ConnectionType::Close);
    }
    let (head, body) = answer.into_parts();
    codec.encode(Message::Item((head, body.size())), &mut out)?;
    let Some(Handover(session)) = handover else {
        return tokio::time::timeout(GOODBYE, finish(body, stream, codec, out)).await?;
    };
    stream.write_all_buf(&mut out).await?;
    // In a task of its own: this one has the size of an HTTP connection.
    actix_rt::spawn(socket::run(stream, session, read_buf.freeze()));
    Ok(())
}

/// Writes what is in `out` and the body of an answer after which nothing follows.
async fn finish(body: BoxBody, mut stream: TcpStream, mut codec: Codec, mut out: BytesMut) -> io::Result<()> {
    let mut body = pin!(body);
    while let Some(chunk) = poll_fn(|cx| body.as_mut().poll_next(cx)).await {
        codec.encode(Message::Chunk(Some(chunk.map_err(|error| io::Error::other(error.to_string()))?)), &mut out)?;
        stream.write_all_buf(&mut out).await?;
    }
    codec.encode(Message::Chunk(None), &mut out)?;
    stream.write_all_buf(&mut out).await?;
    stream.shutdown().await?;
    // Closing over what was sent meanwhile would reset the connection, and the answer would be lost with it.
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
