//! Configuration, the command line, the private PostgreSQL, start and stop.

mod commands;
mod drain;
mod embedded;
mod operator;
mod redis;
