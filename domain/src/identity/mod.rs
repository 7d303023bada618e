//! People, sessions, keys: shapes and rules of identity. No I/O here either.
