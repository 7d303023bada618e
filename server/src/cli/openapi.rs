//! `brigade openapi`.

use anyhow::Result;

use crate::serve;
use crate::terminal::print;

pub(super) fn run() -> Result<()> {
    let document = brigade_http::openapi::document(&brigade_http::all_routes(serve::live::routes()));
    print(&serde_json::to_string_pretty(&document)?);
    Ok(())
}
