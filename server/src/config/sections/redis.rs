//! Redis, if any.

use crate::config::section::section;
use crate::config::value::ServiceUrl;

section! {
    /// Redis is optional: with it, several nodes count their rate limits together. It is never truth: when it is away, each
    /// node counts for itself.
    Redis = "redis" {
        /// Where it is, such as `redis://host:6379`. Empty: none.
        url: Option<ServiceUrl> = Text "", alias "REDIS_URL";
    }
}
