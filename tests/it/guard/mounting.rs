//! There is one way to mount a handler (BK-GUARD-01, -02): the registrar of `http/src/route.rs`, which takes only handlers
//! that the guard stands in front of. The compiler sees to those; this sees to everybody else.

use std::path::{Path, PathBuf};

/// The framework's own ways to mount something.
const WAYS: &[&str] = &[
    ".route(",
    "web::resource(",
    "web::scope(",
    "web::route()",
    "web::get()",
    "web::post()",
    "web::put()",
    "web::patch()",
    "web::delete()",
    "web::head()",
    "web::to(",
    ".default_service(",
    "#[get(",
    "#[post(",
    "ServiceConfig",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

#[test]
fn nothing_is_mounted_beside_the_guard() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for file in ["http/src", "server/src", "integrations/src"].iter().flat_map(|folder| sources(&root.join(folder))) {
        if file.ends_with("http/src/route.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code.filter(|line| WAYS.iter().any(|way| line.contains(way))) {
            found.push(format!("{}: {}", file.display(), line.trim()));
        }
    }
    assert!(found.is_empty(), "mounted beside the guard: {found:#?}");
    let wiring = std::fs::read_to_string(root.join("server/src/serve/wire.rs")).unwrap();
    assert_eq!(wiring.matches(".service(").count(), 1, "the server mounts the guarded routes and nothing else");
}
