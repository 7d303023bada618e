//! What the generator itself can read: prebuilt frames from a source that does nothing but write them. A server's
//! figure means something only well below this.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::Bench;
use crate::load::{Engine, Shape};
use crate::peer::{Greet, Incoming, Mark, Member, Peer};
use crate::run::{cpu, on_core};

const SOCKETS: usize = 500;
/// Frames in one write, as a server's writer gathers them at W = 8.
const BATCH: u64 = 8;

/// Reads frames as the Brigade adapter does.
#[derive(Debug)]
struct Source;

impl Peer for Source {
    fn path(&self, _member: Member) -> String {
        "/".to_owned()
    }
    fn greet(&self, _member: Member, _frame: Option<&[u8]>) -> Result<Greet> {
        Ok(Greet::Ready)
    }
    fn message(&self, _room: usize, _counter: u64, _text: &str, _out: &mut String) {}
    fn read<'a>(&self, frame: &'a [u8]) -> Incoming<'a> {
        Incoming::Entry { seq: 0, mark: Mark::find(frame) }
    }
}

fn accept(listener: &TcpListener) -> Result<TcpStream> {
    let (mut stream, _) = listener.accept()?;
    let mut seen = [0u8; 1024];
    let mut length = 0;
    while !seen[..length].ends_with(b"\r\n\r\n") {
        length += stream.read(&mut seen[length..])?;
    }
    stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// Batches of frames to every socket in turn, as fast as they go.
fn pour(listener: &TcpListener, stop: &AtomicBool) -> Result<()> {
    let mut streams = Vec::with_capacity(SOCKETS);
    for _ in 0..SOCKETS {
        streams.push((accept(listener)?, Vec::new(), 0));
    }
    let mut counter = 0;
    let (mut batch, mut text) = (Vec::new(), String::new());
    while !stop.load(Ordering::Relaxed) {
        batch.clear();
        for _ in 0..BATCH {
            counter += 1;
            Mark { room: 0, counter }.text(256, &mut text);
            batch.extend_from_slice(&[0x81, 126, 1, 0]);
            batch.extend_from_slice(text.as_bytes());
        }
        for (stream, left, _) in &mut streams {
            // Everybody gets every batch, so a full socket is waited for.
            left.clear();
            left.extend_from_slice(&batch);
            while !left.is_empty() && !stop.load(Ordering::Relaxed) {
                match stream.write(left) {
                    Ok(written) => {
                        left.drain(..written);
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::yield_now(),
                    // The generator has read for as long as it wanted.
                    Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
                        return Ok(());
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
    Ok(())
}

/// Frames a second on the load core, and what one costs.
pub fn run(bench: &mut Bench) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address: SocketAddr = listener.local_addr()?;
    let stop = Arc::new(AtomicBool::new(false));
    let (flag, core) = (Arc::clone(&stop), bench.cores.server);
    let source = std::thread::spawn(move || on_core(core, move || pour(&listener, &flag)));
    let measured = bench.measured;
    let result = on_core(bench.cores.load, move || {
        let mut engine = Engine::new(Source, address)?;
        engine.fill(Shape { rooms: 1, members: SOCKETS, bytes: 256 })?;
        engine.idle(Duration::from_millis(500))?;
        let (before, cpu_before, start) = (engine.deliveries(), cpu::this_thread()?, Instant::now());
        engine.idle(measured)?;
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
        let frames = (engine.deliveries() - before) as f64;
        Ok((
            frames / start.elapsed().as_secs_f64(),
            cpu::this_thread()?.saturating_sub(cpu_before).as_secs_f64() * 1e9 / frames,
        ))
    });
    stop.store(true, Ordering::Relaxed);
    source.join().map_err(|_| anyhow::anyhow!("the source panicked"))??;
    let (rate, nanos) = result?;
    bench.book.note("generator", "itself", "frames read /s", rate);
    bench.book.note("generator", "itself", "CPU ns per frame", nanos);
    bench.book.note("generator", "itself", "frames /s at a full core", 1e9 / nanos);
    Ok(())
}
