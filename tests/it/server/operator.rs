//! What the operator does at the command line, beside a running server and without one.

use std::path::Path;

use crate::support::{Folder, Process, brigade, text};

/// Runs a command on this data folder; it must succeed. What it printed.
fn run(data: &Path, arguments: &[&str]) -> String {
    let output = brigade(arguments).args(["--data", data.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn value<'a>(printed: &'a str, name: &str) -> &'a str {
    let line = printed.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {printed}"));
    line[name.len()..].trim()
}

#[test]
fn tenants_and_people_are_made_without_a_server_and_beside_one() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let create = ["tenant", "create", "--name", "Corner Kitchen", "--slug", "corner-kitchen"];
    let made = run(&data, &[&create[..], &["--origin", "https://corner.example"]].concat());
    assert!(value(&made, "tenant").starts_with("ten_"));
    assert!(value(&made, "public key").starts_with("pk_live_corner-kitchen_"));
    let again = brigade(&create).args(["--data", data.to_str().unwrap()]).output().unwrap();
    assert!(!again.status.success() && text(&again).contains("already"), "{}", text(&again));

    let server = Process::serve(&data, &[]);
    let person = ["user", "create", "--email", "kim@corner.example", "--name", "Kim", "--role", "admin"];
    let made = run(&data, &[&person[..], &["--tenant", "corner-kitchen"]].concat());
    let password = value(&made, "password").to_owned();
    assert_eq!(sign_in(&server, "kim@corner.example", &password), 200);
    let changed = run(&data, &["user", "password", "kim@corner.example"]);
    let new = changed.lines().last().unwrap().to_owned();
    assert_eq!(sign_in(&server, "kim@corner.example", &password), 401);
    assert_eq!(sign_in(&server, "kim@corner.example", &new), 200);

    let reset = ["user", "second-factor", "reset", "kim@corner.example"];
    let off = brigade(&reset).args(["--data", data.to_str().unwrap()]).output().unwrap();
    assert!(!off.status.success() && text(&off).contains("off already"), "{}", text(&off));

    assert!(run(&data, &["tenant", "list"]).contains("active"));
    run(&data, &["tenant", "suspend", "corner-kitchen"]);
    assert!(run(&data, &["tenant", "list"]).contains("suspended"));
    run(&data, &["tenant", "resume", "corner-kitchen"]);
    let verified = run(&data, &["audit", "verify"]);
    assert!(verified.lines().count() == 2 && verified.lines().all(|line| line.contains(": whole, ")), "{verified}");
}

#[test]
fn a_super_admin_belongs_to_no_tenant_and_a_weak_password_is_refused() {
    use std::io::Write as _;
    use std::process::Stdio;
    let folder = Folder::new();
    let data = folder.path().join("data");
    let person = ["user", "create", "--email", "ops@example.org", "--name", "Operator", "--role"];
    let with_tenant = brigade(&[&person[..], &["super_admin", "--tenant", "x"]].concat()).output().unwrap();
    assert!(text(&with_tenant).contains("leave --tenant out"), "{}", text(&with_tenant));
    let without_tenant = brigade(&[&person[..], &["admin"]].concat()).output().unwrap();
    assert!(text(&without_tenant).contains("--tenant"), "{}", text(&without_tenant));

    let mut weak =
        brigade(&[&person[..], &["super_admin", "--password-stdin", "--data", data.to_str().unwrap()]].concat());
    let mut child = weak.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"password1\n").unwrap();
    let refused = child.wait_with_output().unwrap();
    assert!(!refused.status.success() && text(&refused).contains("easy to guess"), "{}", text(&refused));
    let made = run(&data, &[&person[..], &["super_admin"]].concat());
    assert!(value(&made, "person").starts_with("usr_"));
}

fn sign_in(server: &Process, email: &str, password: &str) -> u16 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let origin = format!("http://{}", server.address);
    let request = reqwest::Client::new()
        .post(format!("{origin}/v1/auth/sign-in"))
        .header("origin", &origin)
        .json(&serde_json::json!({ "email": email, "password": password }));
    runtime.block_on(async { request.send().await.unwrap().status().as_u16() })
}

#[test]
fn the_demonstration_prints_sign_ins_that_work_and_stay_the_same() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let mut first = Process::serve(&data, &["--demo"]);
    println!("first start with the demonstration: {:?}", first.started_in);
    let limit = std::time::Duration::from_secs(5);
    let line = first.line_with("amara@balance-kitchen.example", limit);
    let password = line.split_whitespace().nth(1).unwrap().to_owned();
    assert_eq!(sign_in(&first, "amara@balance-kitchen.example", &password), 200);
    first.terminate();
    assert!(first.ended(std::time::Duration::from_secs(30)).success());
    let mut again = Process::serve(&data, &["--demo"]);
    println!("later start with the demonstration: {:?}", again.started_in);
    assert_eq!(again.line_with("amara@balance-kitchen.example", limit), line);
    assert_eq!(sign_in(&again, "amara@balance-kitchen.example", &password), 200);
}
