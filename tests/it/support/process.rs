//! A server as a process of its own, which can be killed.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The binary that `.config/nextest.toml` had built before the tests began.
fn brigade_path() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let path = own.ancestors().nth(2).unwrap().join("brigade");
    assert!(path.exists(), "{} is not there: `cargo build --workspace --bin brigade`", path.display());
    path
}

/// A command of the binary, with none of this process's environment.
pub fn brigade(arguments: &[&str]) -> Command {
    let mut command = Command::new(brigade_path());
    command.args(arguments).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").stdin(Stdio::null());
    command
}

/// A running `brigade serve`.
#[derive(Debug)]
pub struct Process {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
    /// Where it listens, once [`Process::ready`] came back.
    pub address: SocketAddr,
    /// How long it took until it said so.
    pub started_in: Duration,
}

impl Process {
    /// Starts it on a port of its own and waits until it serves.
    pub fn serve(data: &Path, more: &[&str]) -> Self {
        let data = data.to_str().unwrap();
        let arguments = [&["serve", "--listen", "127.0.0.1:0", "--data", data, "--log-format", "json"], more].concat();
        Self::start(&mut brigade(&arguments))
    }

    /// Starts a prepared command and waits until it serves.
    pub fn start(command: &mut Command) -> Self {
        let clock = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let (out, error) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        for stream in [Box::new(out) as Box<dyn std::io::Read + Send>, Box::new(error)] {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    // The test may be over.
                    let _ = sender.send(line);
                }
            });
        }
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut process = Self { child, lines, said: Vec::new(), address, started_in: Duration::ZERO };
        let line = process.line_with("Brigade serves at http://", Duration::from_mins(1));
        let address = line.split("http://").nth(1).unwrap().split_whitespace().next().unwrap();
        process.address = address.trim_end_matches('/').parse().unwrap();
        process.started_in = clock.elapsed();
        process
    }

    /// Waits for a line that has `part` in it.
    pub fn line_with(&mut self, part: &str, limit: Duration) -> String {
        let until = Instant::now() + limit;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) if line.contains(part) => {
                    self.said.push(line.clone());
                    return line;
                }
                Ok(line) => self.said.push(line),
                Err(_) => panic!("no line with {part:?} within {limit:?}; it said:\n{}", self.said.join("\n")),
            }
        }
    }

    /// Everything it has said so far; after its end, everything.
    pub fn said(&mut self) -> Vec<String> {
        let more = Duration::from_millis(200);
        while let Ok(line) = self.lines.recv_timeout(more) {
            self.said.push(line);
        }
        self.said.clone()
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it the way nobody can prepare for.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    /// Waits for its end; panics after `limit`.
    pub fn ended(&mut self, limit: Duration) -> ExitStatus {
        let until = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it did not end within {limit:?}; it said:\n{}", self.said.join("\n"));
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.terminate();
            let until = Instant::now() + Duration::from_secs(30);
            while Instant::now() < until && self.child.try_wait().is_ok_and(|status| status.is_none()) {
                std::thread::sleep(Duration::from_millis(10));
            }
            // It was asked; what is left is ended.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Everything a command printed.
pub fn text(output: &Output) -> String {
    let mut text = String::new();
    output.stdout.as_slice().read_to_string(&mut text).unwrap();
    output.stderr.as_slice().read_to_string(&mut text).unwrap();
    text
}
