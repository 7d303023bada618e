//! Accounts over HTTP: the list, and each one's state, log and commands.

use std::sync::Arc;

use brigade_domain::account::AccountRow;
use brigade_domain::account::lifecycle::Lifecycle;
use brigade_domain::account::ports::{Accounts, Asked, PAGE};
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{AccountId, UserId};
use brigade_domain::text::DisplayName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::{AcceptedView, CommandBody, LogQuery, LogView, SeenView, give, glance, log};
use crate::envelope::Data;
use crate::guard::{Participant, ParticipantOrSupport, StaffOrSupport};
use crate::input::{At, Body, Params, page_size};
use crate::problem::Answer;
use crate::{App, Routes, routes};

/// What this feature needs of the repository layer.
#[derive(Clone)]
pub struct Ports {
    /// Lists of accounts.
    pub accounts: Arc<dyn Accounts>,
}

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![list, read, entries, command]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    #[serde(default)]
    manager: Option<UserId>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    lifecycle: Option<Lifecycle>,
    #[serde(default)]
    before: Option<AccountId>,
    #[serde(default)]
    limit: Option<u16>,
}

/// An account in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountView {
    #[schema(value_type = String)]
    id: AccountId,
    name: String,
    /// Who looks after it.
    #[schema(value_type = Option<String>)]
    manager: Option<UserId>,
    /// Where the relationship stands.
    lifecycle: String,
    /// Who belongs to it.
    #[schema(value_type = Vec<String>)]
    members: Vec<UserId>,
}

impl From<AccountRow> for AccountView {
    fn from(row: AccountRow) -> Self {
        let AccountRow { id, name, manager, lifecycle, members } = row;
        Self { id, name, manager, lifecycle, members }
    }
}

/// A stretch of the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountsView {
    /// Newest first.
    items: Vec<AccountView>,
    /// Send it as `before` for the next page; null on the last.
    #[schema(value_type = Option<String>)]
    next: Option<AccountId>,
}

/// Accounts of my tenant, newest first.
#[utoipa::path(get, path = "/v1/accounts", tag = "account",
    params(("manager" = Option<String>, Query, description = "Only those this person looks after: `usr_…`."),
           ("name" = Option<String>, Query, description = "Only those with this in their name: 1 to 200 characters, large or small."),
           ("lifecycle" = Option<String>, Query, description = "Only those who stand here: `onboarding`, say."),
           ("before" = Option<String>, Query, description = "`next` of the page before."),
           ("limit" = Option<u16>, Query, description = "1 to 100, 50 if left out.")),
    responses((status = 200, body = AccountsView)))]
async fn list(who: StaffOrSupport, app: App, Params(query): Params<ListQuery>) -> Answer<Data<AccountsView>> {
    let limit = page_size(query.limit, 50, PAGE, "A page", "accounts")?;
    let name = query.name.as_deref().map(|name| DisplayName::parse("name", name)).transpose()?;
    let name = name.map(|name| name.as_str().to_owned());
    let ListQuery { manager, lifecycle, before, .. } = query;
    let asked = Asked { manager, name, lifecycle, before, limit };
    let rows = app.account.accounts.page(who.tenant(), asked).await?;
    let next = rows.last().filter(|_| rows.len() == usize::from(limit)).map(|row| row.id);
    Ok(Data::new(AccountsView { items: rows.into_iter().map(AccountView::from).collect(), next }))
}

/// An account as I see it.
#[utoipa::path(get, path = "/v1/accounts/{id}", tag = "account",
    params(("id" = String, Path, description = "`acc_…`")), responses((status = 200, body = SeenView)))]
async fn read(who: ParticipantOrSupport, app: App, At(id): At<AccountId>) -> Answer<Data<SeenView>> {
    Ok(Data::new(glance(&app, who.actor(), EntityKey::new(who.tenant(), id)).await?))
}

/// A page of its log, the same lines as over the socket.
#[utoipa::path(get, path = "/v1/accounts/{id}/log", tag = "account",
    params(("id" = String, Path, description = "`acc_…`"),
           ("after" = Option<u64>, Query, description = "Entries after this one."),
           ("before" = Option<u64>, Query, description = "The entries just before this one."),
           ("limit" = Option<u16>, Query, description = "1 to 500, 100 if left out.")),
    responses((status = 200, body = LogView)))]
async fn entries(
    who: ParticipantOrSupport,
    app: App,
    At(id): At<AccountId>,
    Params(query): Params<LogQuery>,
) -> Answer<Data<LogView>> {
    Ok(Data::new(log(&app, who.actor(), EntityKey::new(who.tenant(), id), &query).await?))
}

/// Gives it a command, as over the socket.
#[utoipa::path(post, path = "/v1/accounts/{id}/commands", tag = "account", request_body = CommandBody,
    params(("id" = String, Path, description = "`acc_…`")), responses((status = 200, body = AcceptedView)))]
async fn command(
    who: Participant,
    app: App,
    At(id): At<AccountId>,
    Body(body): Body<CommandBody>,
) -> Answer<Data<AcceptedView>> {
    Ok(Data::new(give(&app, &who, EntityKey::new(who.tenant(), id), body).await?))
}
