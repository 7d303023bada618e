//! The account: a customer relationship with its members, its account manager and its lifecycle (BK-LIFE).

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, UserId};

/// What is looked up of an account beside its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// Which account.
    pub id: AccountId,
    /// What staff call it.
    pub name: String,
    /// The member of staff responsible.
    pub manager: Option<UserId>,
    /// The lifecycle state's name.
    pub lifecycle: String,
    /// The people who belong to it.
    pub members: Vec<UserId>,
}
