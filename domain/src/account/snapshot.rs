//! What readers see of an account.

use serde_json::{Map, Value, json};

use super::AccountRow;
use super::state::Account;

impl Account {
    /// The state as every reader sees it: members see everything, it is their relationship.
    pub(super) fn shown(&self) -> Value {
        let members: Map<String, Value> =
            self.members.iter().map(|(user, name)| (user.to_string(), json!({ "name": name }))).collect();
        json!({
            "id": self.id,
            "name": self.name,
            "manager": self.manager,
            "lifecycle": self.lifecycle,
            "next": self.lifecycle.next(),
            "onboarding": self.onboarding,
            "members": members,
            "conversations": self.conversations().collect::<Vec<_>>(),
        })
    }

    /// The row beside the log; `None` before it is opened.
    pub(super) fn as_row(&self) -> Option<AccountRow> {
        self.name.as_ref().map(|name| AccountRow {
            id: self.id,
            name: name.to_string(),
            manager: self.manager,
            lifecycle: self.lifecycle.as_str().to_owned(),
            members: self.members.keys().copied().collect(),
        })
    }
}
