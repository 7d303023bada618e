//! When to stop: SIGTERM, or Ctrl-C. A second one does not wait.

use tokio::signal::unix::{SignalKind, signal};

/// Ends with the first signal. From then on a second one ends the process at once; what is acknowledged is on disk,
/// and the kernel asks the private PostgreSQL to stop.
pub(crate) async fn stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => tracing::info!("SIGTERM: the server drains"),
        _ = interrupt.recv() => tracing::info!("SIGINT: the server drains; again to stop at once"),
    }
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::process::exit(130);
    });
    Ok(())
}
