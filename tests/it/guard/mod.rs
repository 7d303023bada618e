//! The guard over real HTTP: what holds for every route there is, found in the OpenAPI document (security 15 to 19, 26,
//! 27, 31, 32, 34, 35, 37).

pub(crate) mod document;
mod events;
mod headers;
mod input;
mod matrix;
mod mounting;
mod raw;
mod tenants;
