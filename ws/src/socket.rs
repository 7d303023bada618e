//! A handle on the connection's own socket, to end a connection whose peer has stopped reading: the HTTP
//! dispatcher waits for such a socket to become writable and asks nobody meanwhile.

use std::any::Any;
use std::net::Shutdown;
use std::sync::Arc;

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use socket2::{SockRef, Socket};

/// The connection's socket.
#[derive(Clone)]
pub(crate) struct ConnectionSocket(Arc<Socket>);

impl ConnectionSocket {
    /// Ends the connection in both directions at once.
    pub(crate) fn end(&self) {
        if let Err(error) = self.0.shutdown(Shutdown::Both) {
            // Already gone is as good.
            tracing::debug!(%error, "a socket was already closed");
        }
    }
}

/// Give this to `HttpServer::on_connect`.
pub fn remember_socket(connection: &dyn Any, data: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    match SockRef::from(stream).try_clone() {
        Ok(socket) => {
            data.insert(ConnectionSocket(Arc::new(socket)));
        }
        Err(error) => tracing::warn!(%error, "no handle on a connection: a stalled reader will be held longer"),
    }
}
