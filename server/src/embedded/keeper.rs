//! Starts PostgreSQL, watches it, starts it again when it ends unasked, stops it.
//!
//! One thread owns the child for as long as the server lives. It has to be a thread of its own: the kernel's
//! notice to the child ("your parent died", set through `setpriv --pdeathsig`) is tied to the thread that started it.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::EmbeddedError;
use super::folder::Place;
use super::owner::Owner;

/// How often the child is looked at.
const TICK: Duration = Duration::from_millis(5);
const WATCH: Duration = Duration::from_millis(100);
/// How long a start may take; a large log to be replayed after a crash takes its time.
const START_PATIENCE: Duration = Duration::from_mins(2);
/// How long a stop may take before it is made an immediate one.
const STOP_PATIENCE: Duration = Duration::from_secs(8);
const BACKOFF: Duration = Duration::from_millis(200);
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);
const LARGEST_LOG: u64 = 16 * 1024 * 1024;

/// What to run.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) postgres: PathBuf,
    pub(crate) owner: Owner,
    pub(crate) place: Place,
    pub(crate) connections: u32,
}

/// How PostgreSQL is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Takes connections; its process.
    Ready(u32),
    /// Ended unasked; will be started again.
    Down,
    /// Stopped on request.
    Stopped,
}

/// The supervisor of one PostgreSQL.
#[derive(Debug)]
pub struct Keeper {
    place: Place,
    state: Arc<Mutex<State>>,
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Starts PostgreSQL and waits until it takes connections.
    pub(crate) fn start(program: Program) -> Result<Self, EmbeddedError> {
        let place = program.place.clone();
        let state = Arc::new(Mutex::new(State::Down));
        let (stop, stopped) = mpsc::channel();
        let (first, started) = mpsc::channel();
        let shared = Arc::clone(&state);
        let thread = std::thread::Builder::new()
            .name("postgres-keeper".to_owned())
            .spawn(move || keep(&program, &shared, &stopped, &first))
            .map_err(EmbeddedError::folder("cannot start a thread for", &place.cluster))?;
        match started.recv() {
            Ok(Ok(())) => Ok(Self { place, state, stop, thread }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(not_ready(&place)),
        }
    }

    /// Where its parts are.
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// How it is at this moment.
    pub fn state(&self) -> State {
        *lock(&self.state)
    }

    /// Stops it and waits for its end.
    pub(crate) fn stop(self) {
        // When the thread is gone, so is PostgreSQL.
        let _ = self.stop.send(());
        if self.thread.join().is_err() {
            tracing::error!("the thread that keeps PostgreSQL panicked");
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread's life: start, watch, start again.
fn keep(program: &Program, state: &Mutex<State>, stop: &Receiver<()>, first: &Sender<Result<(), EmbeddedError>>) {
    let mut wait = BACKOFF;
    let mut told = false;
    loop {
        match launch(program) {
            Ok(mut child) => {
                *lock(state) = State::Ready(child.id());
                if !std::mem::replace(&mut told, true) {
                    let _ = first.send(Ok(()));
                }
                let clock = Instant::now();
                let asked = watch(&mut child, stop);
                *lock(state) = if asked { State::Stopped } else { State::Down };
                if asked {
                    return;
                }
                if clock.elapsed() > LONGEST_BACKOFF {
                    wait = BACKOFF;
                }
                tracing::error!(restart_in_ms = wait.as_millis(), "PostgreSQL ended unasked and is started again");
            }
            Err(error) if !told => {
                let _ = first.send(Err(error));
                return;
            }
            Err(error) => {
                tracing::error!(%error, restart_in_ms = wait.as_millis(), "PostgreSQL could not be started again");
            }
        }
        if !matches!(stop.recv_timeout(wait), Err(RecvTimeoutError::Timeout)) {
            *lock(state) = State::Stopped;
            return;
        }
        wait = (wait * 2).min(LONGEST_BACKOFF);
        if let Err(error) = super::orphan::stop(&program.place.cluster) {
            tracing::error!(%error, "what is left of PostgreSQL could not be cleared");
        }
    }
}

/// Waits for the child's end (false) or the request to stop it (true, and it has ended).
fn watch(child: &mut Child, stop: &Receiver<()>) -> bool {
    loop {
        let asked = !matches!(stop.recv_timeout(WATCH), Err(RecvTimeoutError::Timeout));
        if asked {
            end(child);
            return true;
        }
        if has_ended(child) {
            return false;
        }
    }
}

/// A fast stop: connections are closed, transactions rolled back, everything is written.
fn end(child: &mut Child) {
    for (signal, patience) in [(Signal::INT, STOP_PATIENCE), (Signal::QUIT, Duration::from_secs(2))] {
        // It may have ended a moment ago.
        let _ = kill_process(Pid::from_child(child), signal);
        let clock = Instant::now();
        while clock.elapsed() < patience {
            if has_ended(child) {
                return;
            }
            std::thread::sleep(TICK);
        }
    }
    tracing::error!("PostgreSQL did not stop and is killed");
    let _ = child.kill();
    let _ = child.wait();
}

fn has_ended(child: &mut Child) -> bool {
    !matches!(child.try_wait(), Ok(None))
}

fn launch(program: &Program) -> Result<Child, EmbeddedError> {
    let Place { cluster, log, .. } = &program.place;
    let mut child = command(program)?.spawn().map_err(EmbeddedError::folder("cannot run", &program.postgres))?;
    let clock = Instant::now();
    while clock.elapsed() < START_PATIENCE {
        if is_ready(cluster, child.id()) {
            return Ok(child);
        }
        if has_ended(&mut child) {
            return Err(not_ready(&program.place));
        }
        std::thread::sleep(TICK);
    }
    tracing::error!(log = %log.display(), "PostgreSQL takes too long to start");
    end(&mut child);
    Err(not_ready(&program.place))
}

/// PostgreSQL writes its state on the eighth line of its process file.
fn is_ready(cluster: &Path, pid: u32) -> bool {
    std::fs::read_to_string(cluster.join("postmaster.pid")).is_ok_and(|text| {
        let mut lines = text.lines();
        lines.next().is_some_and(|line| line.trim() == pid.to_string())
            && lines.nth(6).is_some_and(|line| line.trim() == "ready")
    })
}

fn command(program: &Program) -> Result<Command, EmbeddedError> {
    let Place { cluster, socket, log } = &program.place;
    let output = open_log(log).map_err(EmbeddedError::folder("cannot write", log))?;
    let mut command = match setpriv() {
        // When the server dies, however it dies, the kernel asks PostgreSQL for a fast stop.
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "INT", "--"]).arg(&program.postgres);
            command
        }
        None => Command::new(&program.postgres),
    };
    command.arg("-D").arg(cluster).arg("-k").arg(socket);
    for setting in settings(program.connections) {
        command.arg("-c").arg(setting);
    }
    let error_output = output.try_clone().map_err(EmbeddedError::folder("cannot write", log))?;
    command
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(error_output);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    program.owner.apply(&mut command);
    Ok(command)
}

/// What differs from PostgreSQL's defaults. What is acknowledged is on disk: `fsync` and `synchronous_commit` stay on.
fn settings(connections: u32) -> Vec<String> {
    let mut settings: Vec<String> = [
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "fsync=on",
        "full_page_writes=on",
        "synchronous_commit=on",
        "shared_buffers=128MB",
        "max_wal_size=1GB",
        "jit=off",
        "random_page_cost=1.1",
        "log_min_messages=warning",
        // Statements carry what people wrote: they are not logged.
        "log_min_error_statement=panic",
        "log_parameter_max_length_on_error=0",
        "cluster_name=brigade",
    ]
    .map(str::to_owned)
    .into();
    // The pool, the worker's own connections, and a few for commands and people.
    settings.push(format!("max_connections={}", connections + 24));
    settings
}

fn setpriv() -> Option<&'static str> {
    ["/usr/bin/setpriv", "/bin/setpriv"].into_iter().find(|path| Path::new(path).exists())
}

fn open_log(path: &Path) -> std::io::Result<File> {
    if path.metadata().is_ok_and(|data| data.len() > LARGEST_LOG) {
        std::fs::rename(path, path.with_extension("log.1"))?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

fn not_ready(place: &Place) -> EmbeddedError {
    let text = std::fs::read_to_string(&place.log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(12)..].join("\n");
    EmbeddedError::NotReady { log: place.log.clone(), tail }
}
