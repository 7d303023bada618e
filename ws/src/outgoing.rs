//! Writing one socket: whatever waits in the outbox goes out in one call, straight from the memory every reader shares.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use smallvec::SmallVec;
use tokio::io::AsyncWrite;
use tokio::net::tcp::WriteHalf;

use crate::outbox::{BATCH_PIECES, Outbox};

/// Pieces that were taken from the outbox and have not been written, the next one last.
pub(crate) type Batch = SmallVec<[Bytes; 1]>;

/// Writes until the connection is over, from either side.
pub(crate) async fn run(mut to: WriteHalf<'_>, outbox: &Outbox) {
    let mut batch = Batch::new();
    if let Err(error) = poll_fn(|cx| poll(Pin::new(&mut to), outbox, &mut batch, cx)).await {
        tracing::debug!(%error, "a connection was lost");
    }
    outbox.cut();
}

fn poll(
    mut to: Pin<&mut WriteHalf<'_>>,
    outbox: &Outbox,
    batch: &mut Batch,
    cx: &mut Context<'_>,
) -> Poll<io::Result<()>> {
    loop {
        if batch.is_empty() && !ready!(outbox.poll_take(cx, batch)) {
            return Poll::Ready(Ok(()));
        }
        match write(to.as_mut(), batch, cx) {
            Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            Poll::Ready(Ok(written)) => advance(batch, written),
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            Poll::Pending if outbox.is_over_while_blocked(cx) => return Poll::Ready(Ok(())),
            Poll::Pending => return Poll::Pending,
        }
    }
}

fn write(to: Pin<&mut WriteHalf<'_>>, batch: &Batch, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
    if let [only] = batch.as_slice() {
        return to.poll_write(cx, only);
    }
    let mut slices = [IoSlice::new(&[]); BATCH_PIECES];
    let pieces = batch.iter().rev().zip(&mut slices);
    let count = pieces.map(|(piece, slice)| *slice = IoSlice::new(piece)).count();
    to.poll_write_vectored(cx, &slices[..count])
}

fn advance(batch: &mut Batch, mut written: usize) {
    while let Some(piece) = batch.last_mut() {
        if written < piece.len() {
            return piece.advance(written);
        }
        written -= piece.len();
        batch.pop();
    }
    // An idle socket keeps no room from its busiest moment.
    batch.shrink_to_fit();
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::pin::pin;
    use std::rc::Rc;
    use std::sync::Arc;
    use std::time::Duration;

    use bytes::BytesMut;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// Frames of many sizes, each byte of which says where it belongs.
    fn frames(count: usize) -> Vec<Bytes> {
        let size = |number: usize| 1 + (number * 7_919) % 5_000;
        let byte = |number: usize, at: usize| u8::try_from((number * 31 + at) % 251).unwrap();
        (0..count).map(|number| (0..size(number)).map(|at| byte(number, at)).collect::<BytesMut>().freeze()).collect()
    }

    #[actix_rt::test]
    async fn whatever_the_socket_takes_at_a_time_the_bytes_come_in_order_and_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (reader, accepted) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), async {
            listener.accept().await.unwrap().0
        });
        let (mut reader, mut stream) = (reader.unwrap(), accepted);
        let frames = frames(2_000);
        let wanted: Vec<u8> = frames.concat();
        let outbox = Outbox::new(wanted.len());
        let queue = Arc::clone(&outbox);
        let feeding = async {
            for (number, frame) in frames.into_iter().enumerate() {
                assert!(queue.durable(frame));
                if number % 40 == 0 {
                    tokio::task::yield_now().await;
                }
            }
            queue.close(1000, "");
            queue.hear_out();
        };
        let reading = async {
            let mut read = Vec::new();
            let mut piece = vec![0; 60_000];
            loop {
                // Slower than it is fed, so that calls take parts of what they are given.
                tokio::time::sleep(Duration::from_millis(1)).await;
                match reader.read(&mut piece).await.unwrap() {
                    0 => return read,
                    taken => read.extend_from_slice(&piece[..taken]),
                }
            }
        };
        let writing = async {
            run(stream.split().1, &outbox).await;
            drop(stream);
        };
        let ((), (), read) = tokio::join!(feeding, writing, reading);
        assert_eq!(read.len(), wanted.len() + 4, "everything, and a close frame");
        assert!(read[..wanted.len()] == wanted, "and in order");
    }

    #[actix_rt::test]
    async fn a_blocked_writer_is_not_woken_by_frames_and_ends_when_it_is_cut() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let reader = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let mut stream = listener.accept().await.unwrap().0;
        let outbox = Outbox::new(usize::MAX);
        let queue = Arc::clone(&outbox);
        let polls = Rc::new(Cell::new(0));
        let count = Rc::clone(&polls);
        // A task of its own: only its own wakers poll it.
        let writer = actix_rt::spawn(async move {
            let mut writing = pin!(run(stream.split().1, &outbox));
            poll_fn(|cx| {
                count.set(count.get() + 1);
                writing.as_mut().poll(cx)
            })
            .await;
        });
        // More than the kernel keeps for a reader that does not read.
        for _ in 0..400 {
            assert!(queue.durable(Bytes::from(vec![0; 50_000])));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        for _ in 0..200 {
            assert!(queue.durable(Bytes::from_static(b"more")));
            tokio::task::yield_now().await;
        }
        assert!(!queue.is_over());
        queue.cut();
        actix_rt::time::timeout(Duration::from_secs(20), writer).await.unwrap().unwrap();
        assert!(polls.get() < 100, "{}", polls.get());
        drop(reader);
    }
}
