//! The private PostgreSQL for real: each test starts one in a folder of its own.

use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("brigade-embedded-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
    fn options(&self) -> Options {
        Options { data: self.0.join("data"), programs: None, run_as: None, connections: 4 }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn socket(embedded: &Embedded) -> PathBuf {
    embedded.keeper().place().socket.join(".s.PGSQL.5432")
}

fn process(embedded: &Embedded) -> u32 {
    match embedded.keeper().state() {
        State::Ready(pid) => pid,
        other => panic!("PostgreSQL is {other:?}"),
    }
}

#[test]
fn it_starts_stops_and_starts_again() {
    let folder = Folder::new();
    let first = Embedded::start(&folder.options()).unwrap();
    println!("first start: {:?}", first.timing);
    assert!(first.timing.made.is_some());
    UnixStream::connect(socket(&first)).unwrap();
    let pid = process(&first);
    let owner = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    assert!(!owner.lines().any(|line| line.starts_with("Uid:\t0")), "PostgreSQL runs as root");
    let path = socket(&first);
    let clock = Instant::now();
    first.stop();
    println!("stop: {:?}", clock.elapsed());
    assert!(!path.exists() && !std::path::Path::new(&format!("/proc/{pid}")).exists());

    let again = Embedded::start(&folder.options()).unwrap();
    println!("later start: {:?}", again.timing);
    assert!(again.timing.made.is_none());
    again.stop();
}

#[test]
fn a_second_server_on_the_folder_is_refused_with_the_first_ones_process() {
    let folder = Folder::new();
    let _held = DataFolder::lock(&folder.options().data).unwrap();
    let error = Embedded::start(&folder.options()).unwrap_err().to_string();
    let pid = std::process::id();
    assert!(error.contains(&format!("process {pid}")) && error.contains("--data"), "{error}");
}

#[test]
fn one_that_ends_unasked_is_started_again() {
    let folder = Folder::new();
    let embedded = Embedded::start(&folder.options()).unwrap();
    let before = process(&embedded);
    let pid = rustix::process::Pid::from_raw(before.cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let clock = Instant::now();
    let after = loop {
        match embedded.keeper().state() {
            State::Ready(pid) if pid != before => break pid,
            _ if clock.elapsed() > Duration::from_secs(20) => panic!("not started again"),
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    println!("started again after {:?}", clock.elapsed());
    assert_ne!(before, after);
    UnixStream::connect(socket(&embedded)).unwrap();
    embedded.stop();
}

#[test]
fn what_a_killed_server_left_is_stopped_first() {
    let folder = Folder::new();
    let first = Embedded::start(&folder.options()).unwrap();
    let (programs, owner) = (programs::find(None).unwrap(), Owner::choose(None).unwrap());
    let place = first.keeper().place().clone();
    first.stop();
    // An orphan: PostgreSQL on this folder that no living server knows of.
    let mut command = Command::new(programs.path("postgres"));
    command.arg("-D").arg(&place.cluster).arg("-k").arg(&place.socket).args(["-c", "listen_addresses="]);
    command.stderr(Stdio::null()).process_group(0);
    owner.apply(&mut command);
    let mut orphan = command.spawn().unwrap();
    while !place.socket.join(".s.PGSQL.5432").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let reaper = std::thread::spawn(move || orphan.wait().unwrap());
    let again = Embedded::start(&folder.options()).unwrap();
    println!("start beside an orphan: {:?}", again.timing);
    assert!(reaper.join().unwrap().code().is_some(), "the orphan was stopped, not killed");
    again.stop();
}

#[test]
fn a_cluster_half_made_is_made_anew() {
    let folder = Folder::new();
    let making = folder.options().data.join("postgres/making");
    std::fs::create_dir_all(making.join("base")).unwrap();
    std::fs::write(making.join("PG_VERSION"), "15\n").unwrap();
    let embedded = Embedded::start(&folder.options()).unwrap();
    assert!(embedded.timing.made.is_some());
    embedded.stop();
}
