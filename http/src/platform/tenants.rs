//! The businesses on the platform, in figures.

use brigade_domain::Timestamp;
use brigade_domain::id::TenantId;
use brigade_domain::platform::Search;
use brigade_domain::platform::ports::{Figures, PAGE, TenantLine};
use brigade_domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::envelope::Data;
use crate::guard::SuperAdmin;
use crate::input::{Params, page_of, page_size};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    #[serde(default)]
    search: Option<String>,
    #[serde(default)]
    after: Option<String>,
    #[serde(default)]
    limit: Option<u16>,
}

/// How much a business does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TenantFigures)]
pub(crate) struct TenantFiguresView {
    /// When it was counted.
    #[schema(value_type = String, format = DateTime)]
    counted_at: Timestamp,
    /// Who works for it.
    people: u64,
    /// Its accounts.
    customers: u64,
    /// All there are, resolved ones too.
    conversations: u64,
    /// Messages of both sides in the last seven days.
    messages_7_days: u64,
    /// What its files take, in bytes.
    file_bytes: u64,
    /// When the last message was written.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_message_at: Option<Timestamp>,
}

impl From<Figures> for TenantFiguresView {
    fn from(figures: Figures) -> Self {
        Self {
            counted_at: figures.counted_at,
            people: figures.people,
            customers: figures.customers,
            conversations: figures.conversations,
            messages_7_days: figures.messages,
            file_bytes: figures.file_bytes,
            last_message_at: figures.last_message_at,
        }
    }
}

/// A business.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlatformTenant)]
pub(crate) struct BusinessView {
    #[schema(value_type = String)]
    id: TenantId,
    name: String,
    slug: String,
    /// `active` or `suspended`.
    status: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Null as long as it has not been counted: ask again in some seconds.
    figures: Option<TenantFiguresView>,
}

impl From<TenantLine> for BusinessView {
    fn from(line: TenantLine) -> Self {
        let TenantLine { id, name, slug, active, created_at, figures } = line;
        let status = if active { "active" } else { "suspended" };
        Self { id, name, slug, status, created_at, figures: figures.map(TenantFiguresView::from) }
    }
}

/// A stretch of the list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlatformTenantPage)]
pub(crate) struct TenantsView {
    /// By short name.
    items: Vec<BusinessView>,
    /// Send it as `after` for the next page; null on the last.
    next: Option<String>,
}

/// The businesses, by short name, with figures that are a minute old at most when they are counted quickly.
#[utoipa::path(get, path = "/v1/platform/tenants", tag = "platform",
    params(("search" = Option<String>, Query, description = "A part of a name or short name."),
           ("after" = Option<String>, Query, description = "`next` of the page before."),
           ("limit" = Option<u16>, Query, description = "1 to 100, 25 if left out.")),
    responses((status = 200, body = TenantsView)))]
async fn list(who: SuperAdmin, app: App, Params(query): Params<ListQuery>) -> Answer<Data<TenantsView>> {
    let limit = page_size(query.limit, 25, PAGE, "A page", "businesses")?;
    let search = query.search.as_deref().map(Search::parse).transpose()?.flatten();
    if query.after.as_ref().is_some_and(|after| after.len() > 63 || after.contains('\0')) {
        return Err(Refusal::invalid("after", "Send the `next` of the page before.").into());
    }
    let lines = app.platform.tenants.page(search, query.after, limit + 1, who.at()).await?;
    let (lines, next) = page_of(lines, limit, |line| line.slug.clone());
    Ok(Data::new(TenantsView { items: lines.into_iter().map(BusinessView::from).collect(), next }))
}
