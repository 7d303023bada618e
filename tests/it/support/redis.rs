//! A Redis.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

/// A Redis of the test's own that keeps nothing.
pub struct Redis {
    child: Child,
    url: String,
}

impl Redis {
    /// Starts one, on a port of its own.
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let arguments = ["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        let mut command = Command::new("redis-server");
        let child = command.args(arguments).stdout(Stdio::null()).current_dir("/").spawn().unwrap();
        Self { child, url: format!("redis://127.0.0.1:{port}") }
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
