//! How the process is: for load balancers, monitoring and people (MAIS-OPS-04, -05, MS-SLO-05).

use std::collections::BTreeMap;

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, HttpResponseBuilder};
use brigade_domain::Timestamp;
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::envelope::Data;
use crate::guard::{Limit, Operator, Public};
use crate::problem::Answer;
use crate::{App, Routes, routes};

/// How the process is. Implemented by `server/`.
pub trait Health: Send + Sync + 'static {
    /// Whether new requests should come here: migrated, database reachable, not draining.
    fn ready(&self) -> BoxFuture<'static, Readiness>;
    /// How long the process runs, in seconds.
    fn uptime_seconds(&self) -> f64;
    /// How the caches do.
    fn caches(&self) -> BoxFuture<'static, CacheReport>;
    /// Everything a first look at a sick server needs; also written to the log as one line.
    fn smoke(&self) -> BoxFuture<'static, SmokeReport>;
    /// The metrics in Prometheus' text format.
    fn metrics(&self) -> String;
}

/// Whether new requests should come here.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Readiness {
    /// Whether they should.
    pub ready: bool,
    /// Each part and whether it is.
    pub parts: BTreeMap<&'static str, bool>,
}

/// How the caches do (MAIS-OPS-05).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CacheReport {
    /// Whether the shared cache (Redis) is connected; `false` on a single node without one.
    pub connected: bool,
    /// Look-ups answered from a cache.
    pub hits: u64,
    /// Look-ups that went to the database.
    pub misses: u64,
    /// Entries held.
    pub keys: u64,
    /// Hits and misses together.
    pub total_requests: u64,
    /// Hits of all, as `"93.10%"`.
    pub hit_rate: String,
    /// `excellent`, `good`, `poor`, or `none` without requests.
    pub efficiency: &'static str,
}

/// One part of the smoke report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SmokePart {
    /// Whether it works.
    pub ok: bool,
    /// How long asking took, in milliseconds.
    pub ms: f64,
    /// More, without secrets.
    pub note: String,
}

/// The diagnostic frame (MS-SLO-05).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SmokeReport {
    /// Whether everything works.
    pub ok: bool,
    /// Brigade's version.
    pub version: &'static str,
    /// The database.
    pub database: SmokePart,
    /// Redis, or that there is none.
    pub redis: SmokePart,
    /// The configuration.
    pub env: SmokePart,
}

/// The routes of this feature.
pub fn routes() -> Routes {
    routes![; Limit::Assets => live, ready, health, cache, smoke, metrics]
}

/// Whether the process runs.
#[utoipa::path(get, path = "/healthz", tag = "operations",
    responses((status = 200, description = "It runs.", content_type = "text/plain", body = String)))]
async fn live(_who: Public) -> Answer<HttpResponse> {
    Ok(HttpResponse::Ok().content_type(ContentType::plaintext()).body("ok\n"))
}

/// Whether new requests should come here.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses((status = 200, body = Readiness)))]
async fn ready(_who: Public, app: App) -> Answer<Data<Readiness>> {
    let readiness = app.health.ready().await;
    if readiness.ready {
        return Ok(Data::new(readiness));
    }
    let details = serde_json::json!({ "parts": readiness.parts });
    Err(Refusal::new(Code::Unavailable, "Not ready for requests.").with_details(details).into())
}

/// How long the process has been running.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// `ok` or `degraded`.
    status: &'static str,
    /// Now, RFC 3339 in UTC.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// Seconds since the start.
    uptime: f64,
}

/// How the process is, in short.
#[utoipa::path(get, path = "/health", tag = "operations", responses((status = 200, body = HealthView)))]
async fn health(who: Public, app: App) -> Answer<Data<HealthView>> {
    let ready = app.health.ready().await.ready;
    Ok(Data::new(HealthView {
        status: if ready { "ok" } else { "degraded" },
        timestamp: who.at(),
        uptime: app.health.uptime_seconds(),
    }))
}

/// How the caches do.
#[utoipa::path(get, path = "/health/cache", tag = "operations", responses((status = 200, body = CacheReport)))]
async fn cache(_who: Operator, app: App) -> Answer<Data<CacheReport>> {
    Ok(Data::new(app.health.caches().await))
}

/// Tries every part once and says how each does.
#[utoipa::path(get, path = "/api/diag/smoke", tag = "operations", responses((status = 200, body = SmokeReport)))]
async fn smoke(_who: Operator, app: App) -> Answer<Data<SmokeReport>> {
    Ok(Data::new(app.health.smoke().await))
}

/// The metrics, in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, description = "Prometheus' text format.", content_type = "text/plain", body = String)))]
async fn metrics(_who: Operator, app: App) -> Answer<HttpResponse> {
    let mut response: HttpResponseBuilder = HttpResponse::Ok();
    Ok(response.insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4")).body(app.health.metrics()))
}
