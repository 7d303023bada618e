//! A connection that has become a socket: one task reads and writes it, and owns nothing but the two ends.

use std::future::{Future as _, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use actix_web::rt::net::TcpStream;
use bytes::Bytes;

use crate::incoming::Incoming;
use crate::session::Session;
use crate::{outgoing, receive};

/// Runs `session` until the connection is over. `early`: what the client sent before it had its answer.
pub(crate) async fn run(mut stream: TcpStream, session: Arc<Session>, early: Bytes) {
    let (from, to) = stream.split();
    let outbox = Arc::clone(&session.outbox);
    let incoming = Incoming::new(from, Arc::clone(&outbox), session.hub.limits().frame_bytes, &early);
    drop(early);
    let mut reading = pin!(receive::run(session, incoming));
    let mut writing = pin!(outgoing::run(to, &outbox));
    let (mut reads, mut writes) = (true, true);
    poll_fn(|cx| {
        loop {
            // A defect of the reading side ends its session and must not keep the reason from being written.
            reads = reads && matches!(catch_unwind(AssertUnwindSafe(|| reading.as_mut().poll(cx))), Ok(Poll::Pending));
            let wrote = writes;
            writes = writes && writing.as_mut().poll(cx).is_pending();
            match (reads, writes) {
                (false, false) => return Poll::Ready(()),
                // The reading side has to hear that the connection is over.
                (true, false) if wrote => {}
                _ => return Poll::Pending,
            }
        }
    })
    .await;
}
