//! The description of the API, made from the routes that are mounted.

use crate::Routes;

/// The routes of this feature.
pub fn routes() -> Routes {
    Routes::new()
}
