//! A tenant's audit log.

use brigade_domain::Timestamp;
use brigade_domain::identity::ports::AuditLine;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::envelope::Data;
use crate::guard::TenantAdmin;
use crate::input::Params;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![page]
}

/// Which lines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default)]
    before: Option<u64>,
    #[serde(default)]
    limit: Option<u16>,
}

/// One line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditView {
    /// Its place in the chain.
    seq: u64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What happened, such as `api_key.created`.
    event: String,
    /// A prefixed id, `system` or `anonymous`.
    actor: String,
    ip: Option<String>,
    request_id: Option<String>,
    /// `succeeded`, `refused` or `failed`.
    result: String,
    #[schema(value_type = Object)]
    details: Value,
}

impl From<AuditLine> for AuditView {
    fn from(line: AuditLine) -> Self {
        let AuditLine { seq, at, event, actor, ip, request_id, result, details } = line;
        Self { seq, at, event, actor, ip, request_id, result, details }
    }
}

/// Who did what, the newest first.
#[utoipa::path(get, path = "/v1/tenant/audit", tag = "tenant",
    params(("before" = Option<u64>, Query, description = "Lines before this one."),
           ("limit" = Option<u16>, Query, description = "1 to 200, 50 if left out.")),
    responses((status = 200, body = Vec<AuditView>)))]
async fn page(who: TenantAdmin, app: App, Params(page): Params<Page>) -> Answer<Data<Vec<AuditView>>> {
    let limit = page.limit.unwrap_or(50).clamp(1, 200);
    let lines = app.identity.audit.page(who.tenant(), page.before, limit).await?;
    Ok(Data::new(lines.into_iter().map(AuditView::from).collect()))
}
