//! A process that ends when its owner drops it.

use std::fs::File;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

const GRACE: Duration = Duration::from_secs(20);
const STEP: Duration = Duration::from_millis(20);

/// How to start a process.
#[derive(Debug, Clone)]
pub struct Start {
    /// Shown in errors, and the name of its log.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Environment variables set for it.
    pub environment: Vec<(String, String)>,
    /// Its working folder.
    pub folder: PathBuf,
    /// The core it is pinned to.
    pub core: Option<usize>,
    /// Runs as this user when we are root.
    pub user: Option<&'static str>,
    /// What asks it to end.
    pub end: Signal,
}

impl Start {
    /// `command` in `folder`, ended with SIGTERM.
    pub fn new(name: &str, command: Vec<String>, folder: &Path) -> Self {
        Self {
            name: name.to_owned(),
            command,
            environment: Vec::new(),
            folder: folder.to_owned(),
            core: None,
            user: None,
            end: Signal::TERM,
        }
    }

    /// Pinned to a core.
    #[must_use]
    pub fn on_core(mut self, core: usize) -> Self {
        self.core = Some(core);
        self
    }

    /// With an environment variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// The whole command line: `setpriv` drops root and ends the process with us (a killed benchmark leaves
    /// nothing running), `taskset` pins it; both replace themselves, so the process id is the program's own.
    fn line(&self) -> Vec<String> {
        let mut line: Vec<String> = vec!["setpriv".into(), "--pdeathsig".into(), signal_name(self.end).into()];
        if let Some(user) = self.user.filter(|_| rustix::process::geteuid().is_root()) {
            line.extend(["--reuid", user, "--regid", user, "--init-groups"].map(Into::into));
        }
        if let Some(core) = self.core {
            line.extend(["taskset".into(), "--cpu-list".into(), core.to_string()]);
        }
        line.extend(self.command.iter().cloned());
        line
    }

    fn build(&self) -> Command {
        let line = self.line();
        let mut command = Command::new(&line[0]);
        command.args(&line[1..]).current_dir(&self.folder).stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it to its end and returns what it printed.
    pub fn output(&self) -> Result<String> {
        let output = self.build().output().with_context(|| format!("starting {}", self.name))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr);
            bail!("{} ended with {}:\n{error}{text}", self.name, output.status);
        }
        Ok(text)
    }

    /// Starts it; what it prints goes to `<logs>/<name>.log`.
    pub fn spawn(&self, logs: &Path) -> Result<Child> {
        let log = logs.join(format!("{}.log", self.name));
        let out = File::create(&log).with_context(|| format!("creating {}", log.display()))?;
        let process = self
            .build()
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .with_context(|| format!("starting {}", self.name))?;
        Ok(Child { name: self.name.clone(), process, end: self.end, log })
    }
}

fn signal_name(signal: Signal) -> &'static str {
    if signal == Signal::INT { "INT" } else { "TERM" }
}

/// A running process of ours.
#[derive(Debug)]
pub struct Child {
    name: String,
    process: std::process::Child,
    end: Signal,
    log: PathBuf,
}

impl Child {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Waits until `ready` says so, within `limit`.
    pub fn wait_until(&mut self, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + limit;
        while !ready() {
            if let Some(status) = self.process.try_wait()? {
                bail!("{} ended at once with {status}:\n{}", self.name, self.last_words());
            }
            if Instant::now() > deadline {
                bail!("{} was not ready within {limit:?}:\n{}", self.name, self.last_words());
            }
            std::thread::sleep(STEP);
        }
        Ok(())
    }

    /// Waits until it accepts connections.
    pub fn wait_for(&mut self, address: SocketAddr, limit: Duration) -> Result<()> {
        self.wait_until(limit, || TcpStream::connect_timeout(&address, STEP).is_ok())
    }

    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let id = i32::try_from(self.process.id())?;
        let pid = Pid::from_raw(id).context("a process id of zero")?;
        Ok(kill_process(pid, signal)?)
    }

    fn finish(&mut self) -> Result<()> {
        if self.process.try_wait()?.is_some() {
            return Ok(());
        }
        self.signal(self.end)?;
        let deadline = Instant::now() + GRACE;
        while self.process.try_wait()?.is_none() {
            if Instant::now() > deadline {
                self.process.kill()?;
                self.process.wait()?;
                bail!("{} did not end within {GRACE:?} and was killed", self.name);
            }
            std::thread::sleep(STEP);
        }
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Err(error) = self.finish() {
            crate::report::note(&format!("ending {}: {error:#}", self.name));
        }
    }
}
