//! The private PostgreSQL under a real server: killed, doubled, restarted.

use std::time::{Duration, Instant};

use crate::support::{Folder, Process, brigade, text};

fn ready(process: &Process) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let url = format!("http://{}/readyz", process.address);
    runtime.block_on(async { reqwest::get(url).await.is_ok_and(|answer| answer.status().is_success()) })
}

/// Processes that have the cluster of `data` as their working directory.
fn postgres_processes(data: &std::path::Path) -> usize {
    let cluster = data.join("postgres/cluster").canonicalize().unwrap();
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    all.filter(|entry| std::fs::read_link(entry.path().join("cwd")).is_ok_and(|folder| folder == cluster)).count()
}

#[test]
fn it_serves_after_kill_9_and_no_postgres_is_left_behind() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let first = Process::serve(&data, &[]);
    println!("first start: {:?}", first.started_in);
    assert!(ready(&first));
    assert!(postgres_processes(&data) > 0);
    first.kill();
    let again = Process::serve(&data, &[]);
    println!("start after kill -9: {:?}", again.started_in);
    assert!(ready(&again));
    again.kill();
    // Nobody starts again: the kernel has asked PostgreSQL to stop.
    let until = Instant::now() + Duration::from_secs(10);
    while postgres_processes(&data) > 0 {
        assert!(Instant::now() < until, "PostgreSQL outlives the server");
        std::thread::sleep(Duration::from_millis(20));
    }
    let later = Process::serve(&data, &[]);
    println!("later start: {:?}", later.started_in);
    assert!(ready(&later));
}

#[test]
fn a_second_server_on_the_data_folder_is_refused() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let first = Process::serve(&data, &[]);
    let second = brigade(&["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()]).output().unwrap();
    assert!(!second.status.success());
    let said = text(&second);
    assert!(said.contains(&format!("process {}", first.pid())) && said.contains("--data"), "{said}");
    assert!(ready(&first));
}

#[test]
fn a_taken_port_is_told_before_anything_is_started() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = folder.path().join("data");
    let output = brigade(&["serve", "--listen", &address, "--data", data.to_str().unwrap()]).output().unwrap();
    let said = text(&output);
    assert!(!output.status.success() && said.contains(&address) && said.contains("--listen"), "{said}");
    assert!(!data.exists());
}

#[test]
fn the_server_stops_clean_and_postgres_with_it() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let mut server = Process::serve(&data, &[]);
    server.terminate();
    let status = server.ended(Duration::from_secs(30));
    assert_eq!(status.code(), Some(0));
    assert_eq!(postgres_processes(&data), 0);
}
