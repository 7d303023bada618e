//! Configuration, the command line, the private PostgreSQL, start and stop, how the process is.

mod commands;
mod drain;
mod embedded;
mod health;
mod logs;
mod operator;
mod redis;
