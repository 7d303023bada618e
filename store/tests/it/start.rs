//! What the server refuses to start on (F2, security 28), and migrations that run at once.

use brigade_store::{Db, Settings, StartError, migrate};

use crate::support::Server;

#[tokio::test]
async fn a_database_that_would_lose_data_is_refused() {
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let server = Server::start_with(&format!("-c {setting}=off"));
        migrate(server.connect()).await.unwrap();
        match Db::connect(Settings::new(server.connect())).await {
            Err(error @ StartError::NotDurable { .. }) => assert!(error.to_string().contains(setting), "{error}"),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("started with {setting} = off"),
        }
    }
}

#[tokio::test]
async fn a_role_that_sees_every_tenant_is_refused() {
    let server = Server::start();
    migrate(server.connect()).await.unwrap();
    let mut settings = Settings::new(server.connect());
    settings.app_login = true;
    assert!(matches!(Db::connect(settings).await, Err(StartError::Role { .. })));
}

#[tokio::test]
async fn migrations_run_at_once_and_again() {
    let server = Server::start();
    let runs: Vec<_> = (0..3).map(|_| tokio::spawn(migrate(server.connect()))).collect();
    for run in runs {
        run.await.unwrap().unwrap();
    }
    migrate(server.connect()).await.unwrap();
    Db::connect(Settings::new(server.connect())).await.unwrap();
}

#[tokio::test]
async fn a_database_that_was_not_migrated_is_refused_with_what_to_do() {
    let server = Server::start();
    let error = Db::connect(Settings::new(server.connect())).await.err().expect("refused");
    assert!(error.to_string().contains("brigade migrate"), "{error}");
}
