//! What HTTP reads of conversations and accounts: the ports [`Conversations`] and [`Accounts`] over this crate's look-ups.

use std::collections::BTreeSet;

use brigade_domain::account::AccountRow;
use brigade_domain::account::ports::{Accounts, Asked};
use brigade_domain::chat::list::{Conversations, Facet, Filter, Order, Page};
use brigade_domain::id::{AccountId, TeamId, TenantId, UserId};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Rejection};

use crate::{Db, accounts, chat};

/// Lists over the rows beside the logs. Cheap to clone.
#[derive(Clone)]
pub struct PgReads(Db);

impl PgReads {
    /// Reads through `db`.
    pub const fn new(db: Db) -> Self {
        Self(db)
    }
}

impl Conversations for PgReads {
    fn page(
        &self,
        tenant: TenantId,
        filter: Filter,
        order: Order,
        cursor: Option<String>,
        limit: u16,
    ) -> BoxFuture<'static, Result<Page, Rejection>> {
        let db = self.0.clone();
        Box::pin(async move {
            let cursor = cursor.as_deref().map(str::parse).transpose()?;
            let page = chat::page(&db, tenant, filter, order, cursor, limit).await?;
            let items = page.rows.into_iter().map(|(_, row)| row.listing).collect();
            Ok(Page { items, next: page.next.map(|next| next.to_string()) })
        })
    }

    fn teams_of(&self, tenant: TenantId, person: UserId) -> BoxFuture<'static, Result<BTreeSet<TeamId>, Fault>> {
        let db = self.0.clone();
        Box::pin(async move { chat::teams_of(&db, tenant, person).await })
    }

    fn facets(&self, tenant: TenantId) -> BoxFuture<'static, Result<Vec<Facet>, Fault>> {
        let db = self.0.clone();
        Box::pin(async move { chat::facets(&db, tenant).await })
    }
}

impl Accounts for PgReads {
    fn page(&self, tenant: TenantId, asked: Asked) -> BoxFuture<'static, Result<Vec<AccountRow>, Fault>> {
        let db = self.0.clone();
        Box::pin(async move { accounts::page(&db, tenant, asked).await })
    }

    fn of_member(&self, tenant: TenantId, user: UserId) -> BoxFuture<'static, Result<Vec<AccountId>, Fault>> {
        let db = self.0.clone();
        Box::pin(async move {
            let places = accounts::of_member(&db, tenant, user).await?;
            Ok(places.into_iter().map(|place| place.account).collect())
        })
    }
}
