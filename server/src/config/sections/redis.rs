//! Redis, if any.

use crate::config::section::section;
use crate::config::value::ServiceUrl;

section! {
    /// Redis is optional on one node: rate limits and presence are then kept in memory.
    Redis = "redis" {
        /// Where it is. Empty: in-process.
        url: Option<ServiceUrl> = Text "", alias "REDIS_URL";
    }
}
