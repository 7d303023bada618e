//! RFC 6455 as far as a load generator needs it: unfragmented server frames parsed in place, masked client
//! frames appended to a buffer. A general client library costs more per frame than the servers measured here.

use anyhow::{Context as _, Result, bail};

/// Opcode of a text frame.
pub const TEXT: u8 = 0x1;
/// Opcode of a close frame.
pub const CLOSE: u8 = 0x8;
/// Opcode of a ping.
pub const PING: u8 = 0x9;
/// Opcode of a pong.
pub const PONG: u8 = 0xA;

/// In place of a length: two bytes of length follow.
const LENGTH_16: u8 = 0x7E;
/// In place of a length: eight bytes of length follow.
const LENGTH_64: u8 = 0x7F;

/// Both ends of the handshake are ours and the key proves nothing here, so it is a constant.
const KEY: &str = "YnJpZ2FkZS1iZW5jaC1rZQ==";

/// One server frame, still in the read buffer.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What it is.
    pub opcode: u8,
    /// What it carries.
    pub payload: &'a [u8],
    /// Bytes of the buffer it took.
    pub used: usize,
}

/// The first frame of `buffer`, or `None` when it is not all there yet.
pub fn first_frame(buffer: &[u8]) -> Result<Option<Frame<'_>>> {
    let &[head, length, ..] = buffer else { return Ok(None) };
    if head & 0x80 == 0 || length & 0x80 != 0 {
        bail!("the server sent a fragmented or masked frame");
    }
    let (start, length) = match length {
        LENGTH_16 => match buffer.get(2..4) {
            Some(bytes) => (4, usize::from(u16::from_be_bytes(bytes.try_into()?))),
            None => return Ok(None),
        },
        LENGTH_64 => match buffer.get(2..10) {
            Some(bytes) => (10, usize::try_from(u64::from_be_bytes(bytes.try_into()?))?),
            None => return Ok(None),
        },
        short => (2, usize::from(short)),
    };
    let used = start + length;
    Ok(buffer.get(start..used).map(|payload| Frame { opcode: head & 0x0F, payload, used }))
}

/// Appends a masked frame.
pub fn push_frame(out: &mut Vec<u8>, opcode: u8, payload: &[u8], mask: [u8; 4]) {
    out.push(0x80 | opcode);
    if let Ok(short @ 0..=125) = u8::try_from(payload.len()) {
        out.push(0x80 | short);
    } else if let Ok(medium) = u16::try_from(payload.len()) {
        out.push(0x80 | LENGTH_16);
        out.extend_from_slice(&medium.to_be_bytes());
    } else {
        out.push(0x80 | LENGTH_64);
        out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
    }
    out.extend_from_slice(&mask);
    let start = out.len();
    out.extend_from_slice(payload);
    let wide = u64::from_ne_bytes([mask[0], mask[1], mask[2], mask[3], mask[0], mask[1], mask[2], mask[3]]);
    let (chunks, rest) = out[start..].as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask.into_iter().cycle()) {
        *byte ^= key;
    }
}

/// The request that turns a connection into a WebSocket.
pub fn upgrade_request(address: &str, path: &str, headers: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{headers}\r\n"
    )
}

/// Bytes the server's answer to the upgrade took, or `None` when it is not all there yet.
pub fn upgrade_answer(buffer: &[u8]) -> Result<Option<usize>> {
    let Some(end) = memchr::memmem::find(buffer, b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&buffer[..end]).context("the answer to the upgrade is not text")?;
    if !head.starts_with("HTTP/1.1 101 ") {
        bail!("the server refused the upgrade: {}", String::from_utf8_lossy(&buffer[..buffer.len().min(600)]));
    }
    Ok(Some(end + 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client frame as its server sees it after unmasking.
    fn unmasked(mut frame: Vec<u8>) -> Vec<u8> {
        let extended = match frame[1] & 0x7F {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        frame[1] &= 0x7F;
        let mask: Vec<u8> = frame.drain(2 + extended..6 + extended).collect();
        for (index, byte) in frame[2 + extended..].iter_mut().enumerate() {
            *byte ^= mask[index % 4];
        }
        frame
    }

    #[test]
    fn a_frame_of_every_length_form_reads_back() {
        for length in [0, 1, 7, 8, 125, 126, 127, 300, 65_535, 65_536, 70_000] {
            let payload: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let mut frame = Vec::new();
            push_frame(&mut frame, TEXT, &payload, [1, 2, 3, 4]);
            let frame = unmasked(frame);
            let read = first_frame(&frame).unwrap().unwrap();
            assert_eq!((read.opcode, read.used, read.payload), (TEXT, frame.len(), &payload[..]), "{length}");
            for cut in 0..frame.len().min(12) {
                assert_eq!(first_frame(&frame[..cut]).unwrap(), None, "{length} cut at {cut}");
            }
            assert!(length == 0 || first_frame(&frame[..frame.len() - 1]).unwrap().is_none());
        }
    }

    #[test]
    fn what_this_client_cannot_read_is_an_error() {
        assert!(first_frame(&[0x01, 0x00]).is_err(), "fragmented");
        assert!(first_frame(&[0x81, 0x80, 0, 0, 0, 0]).is_err(), "masked");
        assert!(upgrade_answer(b"HTTP/1.1 403 Forbidden\r\n\r\n").is_err());
    }

    #[test]
    fn the_answer_to_the_upgrade_ends_before_the_first_frame() {
        let answer = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n\x81\x00";
        assert_eq!(upgrade_answer(answer).unwrap(), Some(answer.len() - 2));
        assert_eq!(upgrade_answer(&answer[..20]).unwrap(), None);
    }
}
