//! Reading one socket: the bytes of a connection become whole messages (RFC 6455, section 5).
//!
//! Written here and not taken from actix-ws, because that buffers a frame until all of it has come, whatever length it
//! announces, and tells too large, no text and lost apart no more (docs/decisions/0007). At most one message of the
//! allowed size is held; what is too large is refused when its header is read.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use bytestring::ByteString;
use tokio::io::{AsyncRead as _, ReadBuf};
use tokio::net::tcp::ReadHalf;

use crate::outbox::Outbox;

/// Bytes read in one call.
const READ_BYTES: usize = 16 * 1024;

thread_local! {
    /// Where the kernel puts bytes, for all sockets of a thread: an idle one has no buffer of its own.
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_BYTES].into());
}

/// Bytes a control frame may carry.
const CONTROL_BYTES: usize = 125;

/// A whole message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// Text, however many frames it came in.
    Text(ByteString),
    Ping(Bytes),
    Pong,
    Close,
}

/// Why nothing more can be read.
#[derive(Debug)]
pub(crate) enum Broken {
    /// These bytes are not the protocol (1002).
    Protocol(&'static str),
    /// A binary message (1003).
    Binary,
    /// A text message that is not UTF-8 (1007).
    NotText,
    /// A message above the limit (1009).
    TooLarge,
    /// The connection failed under it.
    Lost(io::Error),
}

/// The reading side of one connection.
pub(crate) struct Incoming<'a> {
    from: ReadHalf<'a>,
    outbox: Arc<Outbox>,
    frames: Frames,
    /// The last read took all that one may: there is more, and others come first.
    more: bool,
}

impl<'a> Incoming<'a> {
    /// Messages of at most `limit` bytes, of which `early` came already. `outbox`: its end is the connection's end.
    pub(crate) fn new(from: ReadHalf<'a>, outbox: Arc<Outbox>, limit: usize, early: &[u8]) -> Self {
        let mut frames = Frames { limit, buffer: BytesMut::new(), text: None };
        frames.take_in(early);
        Self { from, outbox, frames, more: false }
    }

    /// The next message; `None` when the connection is over. After an error only [`Self::discard`] makes sense.
    pub(crate) async fn next(&mut self) -> Option<Result<Message, Broken>> {
        loop {
            if let Some(message) = self.frames.next().transpose() {
                return Some(message);
            }
            match poll_fn(|cx| self.poll_read(cx)).await {
                Ok(0) => return None,
                Ok(_) => {}
                Err(lost) => return Some(Err(Broken::Lost(lost))),
            }
        }
    }

    /// Reads and forgets until the connection is over, so that a last word is not lost to a reset.
    pub(crate) async fn discard(&mut self) {
        while matches!(poll_fn(|cx| self.poll_read(cx)).await, Ok(1..)) {
            self.frames.buffer.clear();
        }
    }

    /// Takes in what has come; 0 bytes when the connection is over.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if std::mem::take(&mut self.more) && !self.outbox.is_over() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        SCRATCH.with_borrow_mut(|scratch| {
            let mut bytes = ReadBuf::new(scratch);
            match Pin::new(&mut self.from).poll_read(cx, &mut bytes) {
                // The writing side has ended; it is polled before this one.
                Poll::Pending if self.outbox.is_over() => return Poll::Ready(Ok(0)),
                read => ready!(read)?,
            }
            self.more = bytes.remaining() == 0;
            self.frames.take_in(bytes.filled());
            Poll::Ready(Ok(bytes.filled().len()))
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

/// The beginning of a frame.
struct Head {
    last: bool,
    opcode: Opcode,
    mask: [u8; 4],
    /// Bytes of the head itself.
    size: usize,
    /// Bytes that follow it.
    length: usize,
}

/// From bytes to messages.
struct Frames {
    limit: usize,
    buffer: BytesMut,
    /// A text of which more is to come.
    text: Option<BytesMut>,
}

impl Frames {
    fn take_in(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next message of what has come; `None` when more must come first.
    fn next(&mut self) -> Result<Option<Message>, Broken> {
        while let Some(head) = head(&self.buffer)? {
            self.check(&head)?;
            if self.buffer.len() < head.size + head.length {
                return Ok(None);
            }
            self.buffer.advance(head.size);
            let mut body = self.buffer.split_to(head.length);
            unmask(&mut body, head.mask);
            if let Some(message) = self.message(&head, body)? {
                return Ok(Some(message));
            }
        }
        if self.buffer.is_empty() {
            // An idle connection keeps no buffer.
            self.buffer = BytesMut::new();
        }
        Ok(None)
    }

    /// What is wrong is known from the head alone: nothing is waited for or kept.
    fn check(&self, head: &Head) -> Result<(), Broken> {
        let is_control = matches!(head.opcode, Opcode::Close | Opcode::Ping | Opcode::Pong);
        match (head.opcode, &self.text) {
            _ if is_control && head.last && head.length <= CONTROL_BYTES => Ok(()),
            _ if is_control => Err(Broken::Protocol("a control frame is one frame of at most 125 bytes")),
            (Opcode::Continuation, None) => Err(Broken::Protocol("nothing to continue")),
            (Opcode::Text | Opcode::Binary, Some(_)) => Err(Broken::Protocol("the message before has no end")),
            (Opcode::Binary, None) => Err(Broken::Binary),
            (Opcode::Text, None) if head.length > self.limit => Err(Broken::TooLarge),
            (Opcode::Continuation, Some(text)) if head.length > self.limit - text.len() => Err(Broken::TooLarge),
            _ => Ok(()),
        }
    }

    fn message(&mut self, head: &Head, body: BytesMut) -> Result<Option<Message>, Broken> {
        Ok(Some(match head.opcode {
            Opcode::Ping => Message::Ping(body.freeze()),
            Opcode::Pong => Message::Pong,
            Opcode::Close => Message::Close,
            Opcode::Binary => return Err(Broken::Binary),
            Opcode::Text | Opcode::Continuation => {
                let text = match self.text.take() {
                    None => body,
                    Some(mut text) => {
                        text.extend_from_slice(&body);
                        text
                    }
                };
                if !head.last {
                    self.text = Some(text);
                    return Ok(None);
                }
                Message::Text(ByteString::try_from(text.freeze()).map_err(|_| Broken::NotText)?)
            }
        }))
    }
}

/// The head at the beginning of `bytes`; `None` when not all of it is there.
fn head(bytes: &[u8]) -> Result<Option<Head>, Broken> {
    let [first, second, rest @ ..] = bytes else { return Ok(None) };
    if first & 0x70 != 0 {
        return Err(Broken::Protocol("no extension was agreed on"));
    }
    let opcode = match first & 0x0f {
        0x0 => Opcode::Continuation,
        0x1 => Opcode::Text,
        0x2 => Opcode::Binary,
        0x8 => Opcode::Close,
        0x9 => Opcode::Ping,
        0xa => Opcode::Pong,
        _ => return Err(Broken::Protocol("an unknown opcode")),
    };
    if second & 0x80 == 0 {
        return Err(Broken::Protocol("a client masks its frames"));
    }
    let (length, wide) = match second & 0x7f {
        126 => (rest.first_chunk().map(|bytes| u64::from(u16::from_be_bytes(*bytes))), 2),
        127 => (rest.first_chunk().map(|bytes| u64::from_be_bytes(*bytes)), 8),
        length => (Some(u64::from(length)), 0),
    };
    let (Some(length), Some(mask)) = (length, rest.get(wide..).and_then(|rest| rest.first_chunk())) else {
        return Ok(None);
    };
    let length = usize::try_from(length).map_err(|_| Broken::TooLarge)?;
    let size = 2 + wide + 4;
    // Whatever is allowed is far below; so sums of lengths cannot overflow.
    if length > usize::MAX / 2 {
        return Err(Broken::TooLarge);
    }
    Ok(Some(Head { last: first & 0x80 != 0, opcode, mask: *mask, size, length }))
}

fn unmask(body: &mut [u8], mask: [u8; 4]) {
    let mut words = body.chunks_exact_mut(4);
    for word in &mut words {
        word.iter_mut().zip(mask).for_each(|(byte, key)| *byte ^= key);
    }
    words.into_remainder().iter_mut().zip(mask).for_each(|(byte, key)| *byte ^= key);
}

#[cfg(test)]
mod tests {
    use std::future::Future as _;

    use super::*;

    const MASK: [u8; 4] = [1, 2, 3, 4];

    /// A masked frame as a client sends it.
    fn frame(first: u8, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match body.len() {
            length @ 0..126 => bytes.push(0x80 | u8::try_from(length).unwrap()),
            length @ 126..65_536 => {
                bytes.push(0xfe);
                bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            length => {
                bytes.push(0xff);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        bytes.extend(MASK);
        bytes.extend(body.iter().zip(MASK.iter().cycle()).map(|(byte, key)| byte ^ key));
        bytes
    }

    /// What comes of `bytes` when they arrive in pieces of `size`.
    fn read(bytes: &[u8], size: usize, limit: usize) -> (Vec<Message>, Option<Broken>) {
        let mut frames = Frames { limit, buffer: BytesMut::new(), text: None };
        let mut messages = Vec::new();
        for piece in bytes.chunks(size) {
            frames.take_in(piece);
            loop {
                match frames.next() {
                    Ok(Some(message)) => messages.push(message),
                    Ok(None) => break,
                    Err(broken) => return (messages, Some(broken)),
                }
            }
        }
        (messages, None)
    }

    fn text(text: &str) -> Message {
        Message::Text(ByteString::from(text))
    }

    #[test]
    fn messages_are_the_same_however_the_bytes_and_the_frames_are_cut() {
        let long = "é".repeat(40_000);
        let mut bytes = frame(0x81, b"one");
        bytes.extend(frame(0x01, b"tw"));
        bytes.extend(frame(0x89, b"are you there?"));
        bytes.extend(frame(0x00, b""));
        bytes.extend(frame(0x80, b"o"));
        bytes.extend(frame(0x81, long.as_bytes()));
        bytes.extend(frame(0x8a, b""));
        bytes.extend(frame(0x88, &1000_u16.to_be_bytes()));
        let wanted = [
            text("one"),
            Message::Ping(Bytes::from_static(b"are you there?")),
            text("two"),
            text(&long),
            Message::Pong,
            Message::Close,
        ];
        for size in [1, 2, 3, 7, 1_000, usize::MAX] {
            let (messages, broken) = read(&bytes, size, 100_000);
            assert_eq!((&messages[..], broken.is_none()), (&wanted[..], true), "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_too_large_is_known_from_its_head() {
        for length in [11_u64, 1 << 20, 1 << 62, u64::MAX] {
            let mut bytes = vec![0x81, 0xff];
            bytes.extend(length.to_be_bytes());
            bytes.extend(MASK);
            assert!(matches!(read(&bytes, 64, 10), (_, Some(Broken::TooLarge))), "{length}");
        }
        assert_eq!(read(&frame(0x81, b"0123456789"), 64, 10).0, [text("0123456789")]);
        let parts = [frame(0x01, b"01234"), frame(0x00, b"56789"), frame(0x80, b"!")].concat();
        assert!(matches!(read(&parts, 64, 10), (_, Some(Broken::TooLarge))));
    }

    #[test]
    fn what_is_not_the_protocol_is_told_apart() {
        let protocol = |bytes: &[u8]| matches!(read(bytes, 64, 100), (_, Some(Broken::Protocol(_))));
        assert!(protocol(b"\x81\x05hello"), "not masked");
        for first in [0x83, 0x8b, 0xc1, 0xa1, 0x91, 0x80, 0x09, 0x08] {
            assert!(protocol(&frame(first, b"")), "{first:#x}");
        }
        assert!(protocol(&frame(0x89, &[b'x'; 126])), "a long ping");
        assert!(protocol(&[frame(0x01, b"a"), frame(0x81, b"b")].concat()), "a text within a text");
        assert!(protocol(&[frame(0x01, b"a"), frame(0x82, b"b")].concat()), "binary within a text");
        assert!(matches!(read(&frame(0x81, &[0xff, 0xfe]), 64, 100), (_, Some(Broken::NotText))));
        assert!(matches!(read(&[0x82, 0xfe, 0xff, 0xff, 1, 2, 3, 4], 64, 100), (_, Some(Broken::Binary))));
    }

    #[actix_rt::test]
    async fn who_sends_much_lets_others_in_between() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut stream = listener.accept().await.unwrap().0;
        let (one, count) = (frame(0x81, &[b'x'; 100]), 1_000);
        std::io::Write::write_all(&mut &client, &one.repeat(count)).unwrap();
        let mut incoming = Incoming::new(stream.split().0, Outbox::new(1_000), 100, b"");
        let mut turns = Vec::new();
        while turns.iter().sum::<usize>() < count {
            let mut read = 0;
            std::future::poll_fn(|cx| {
                while let Poll::Ready(message) = std::pin::pin!(incoming.next()).poll(cx) {
                    assert!(matches!(message, Some(Ok(Message::Text(_)))), "{message:?}");
                    read += 1;
                }
                Poll::Ready(())
            })
            .await;
            turns.push(read);
            tokio::task::yield_now().await;
        }
        let most = READ_BYTES / one.len() + 1;
        assert!(turns.iter().all(|read| *read <= most), "at most {most} at a time: {turns:?}");
    }
}
