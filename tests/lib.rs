//! Brigade's tests against the real thing: a real PostgreSQL, real sockets, real processes. The tests are in `it/`.
