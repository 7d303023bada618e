//! The web bundles: pages with their policy, files that may be kept for ever, the widget's frame.
//!
//! A page's path and `.html` is its file (`/inbox` is `inbox.html`, `/` is `index.html`). Pages hold no inline script or
//! style; a fresh nonce is in their policy all the same and replaces `__CSP_NONCE__` for a page that ever needs one.

mod file;

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use brigade_domain::refusal::Code;
use serde::Deserialize;

use crate::guard::{PagePolicy, Public};
use crate::input::Params;
use crate::problem::Answer;
use crate::{App, Routes, packing};
pub(crate) use file::{Keep, answer};

/// One file of the web bundles.
#[derive(Debug, Clone)]
pub struct StaticFile {
    /// Its content.
    pub content: Cow<'static, [u8]>,
    /// Changes with the content; without quotes.
    pub etag: String,
}

/// The web bundles (`web/dist`). Implemented by `server/`, which embeds them.
pub trait StaticFiles: Send + Sync + 'static {
    /// The file at `path` below the root, such as `assets/inbox-3f2a.js`. Compressed forms are files of their own,
    /// with `.br` and `.gz` behind the name.
    fn get(&self, path: &str) -> Option<StaticFile>;

    /// The public key that the demonstration's site shows, when there is a demonstration.
    fn site_key(&self) -> Option<String> {
        None
    }
}

/// The pages and their files. What is not listed here is not there.
const PAGES: [(&str, &str); 14] = [
    ("/", "index.html"),
    ("/sign-in", "sign-in.html"),
    ("/reset", "reset.html"),
    ("/verify", "verify.html"),
    ("/invite", "invite.html"),
    ("/inbox", "inbox.html"),
    ("/chat", "chat.html"),
    ("/clients", "clients.html"),
    ("/reports", "reports.html"),
    ("/settings", "settings.html"),
    ("/platform", "platform.html"),
    ("/look", "look.html"),
    ("/dev/outbox", "dev/outbox.html"),
    ("/dev/widget", "dev/widget.html"),
];

/// The routes of the pages.
pub fn routes() -> Routes {
    let pages = PAGES.iter().fold(Routes::new(), |routes, (path, _)| routes.page(path, page));
    pages
        .page("/assets/{name:[^/]+}", asset)
        .page("/widget/loader.js", loader)
        .page("/push-worker.js", push_worker)
        .page("/widget/forms.js", forms)
        .page("/widget/frame", frame)
        .page("/widget/form", form)
        .page("/widget/look.css", crate::site::style)
}

async fn page(_who: Public, request: HttpRequest, app: App) -> Answer<HttpResponse> {
    let path = request.match_pattern().unwrap_or_default();
    let demo_only = path.starts_with("/dev/");
    let (_, file) =
        PAGES.iter().find(|(known, _)| *known == path && (app.config().demo || !demo_only)).ok_or(Code::NotFound)?;
    html(&request, &app, file, Vec::new(), &app.files.site_key().unwrap_or_default())
}

/// The chat's frame, for the sites of its tenant only (ASVS 3.4.6).
async fn frame(
    _who: Public,
    request: HttpRequest,
    Params(query): Params<FrameQuery>,
    app: App,
) -> Answer<HttpResponse> {
    framed(&request, &app, "widget/frame.html", query.key).await
}

/// The frame of a form, for the same.
async fn form(_who: Public, request: HttpRequest, Params(query): Params<FrameQuery>, app: App) -> Answer<HttpResponse> {
    framed(&request, &app, "widget/form.html", query.key).await
}

async fn framed(request: &HttpRequest, app: &App, path: &str, key: String) -> Answer<HttpResponse> {
    let site = app.gate.site_keys.resolve(key.clone()).await?;
    let ancestors = site.origins.iter().map(|origin| origin.as_str().to_owned()).collect();
    html(request, app, path, ancestors, &key)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameQuery {
    key: String,
}

fn html(
    request: &HttpRequest,
    app: &App,
    path: &str,
    frame_ancestors: Vec<String>,
    site_key: &str,
) -> Answer<HttpResponse> {
    let file = app.files.get(path).ok_or(Code::NotFound)?;
    let nonce = STANDARD_NO_PAD.encode(rand::random::<[u8; 16]>());
    let text = String::from_utf8_lossy(&file.content)
        .replace("__BRIGADE_SITE_KEY__", &escape(site_key))
        .replace("__CSP_NONCE__", &nonce);
    // A page that holds a nonce is another page each time.
    let etag = format!("{}-{}", file.etag, site_key.len());
    // It says nothing that is a secret of whoever asks, so its length may tell what is in it.
    let packs = packing::is_worth_it(text.len()) && packing::takes(request.headers(), "gzip");
    let packed = packs.then(|| packing::gzip(text.as_bytes())).transpose()?;
    let coding = packed.as_ref().map(|_| "gzip");
    let file = StaticFile { content: packed.unwrap_or_else(|| text.into_bytes()).into(), etag };
    let mut response = answer(request.headers(), path, file, coding, Keep::Revalidate);
    let connect = app.config().origins.iter().map(|origin| origin.replacen("http", "ws", 1)).collect();
    response.extensions_mut().insert(PagePolicy { nonce, connect, frame_ancestors });
    Ok(response)
}

/// A key has no such characters; a text put into HTML is escaped all the same.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

async fn asset(_who: Public, request: HttpRequest, app: App) -> Answer<HttpResponse> {
    let name = request.match_info().query("name");
    serve(&request, &app, &format!("assets/{name}"), Keep::ForEver)
}

/// The script that other sites load for the chat.
async fn loader(_who: Public, request: HttpRequest, app: App) -> Answer<HttpResponse> {
    for_sites(&request, &app, "widget/loader.js")
}

/// The script that other sites load for forms.
async fn forms(_who: Public, request: HttpRequest, app: App) -> Answer<HttpResponse> {
    for_sites(&request, &app, "widget/forms.js")
}

fn for_sites(request: &HttpRequest, app: &App, path: &str) -> Answer<HttpResponse> {
    let mut response = serve(request, app, path, Keep::Minutes)?;
    response.extensions_mut().insert(crate::guard::ForOtherSites);
    Ok(response)
}

/// The service worker, for all of the origin. Browsers keep it for a day at most whatever is said, and a new one is taken at once.
async fn push_worker(_who: Public, request: HttpRequest, app: App) -> Answer<HttpResponse> {
    let mut response = serve(&request, &app, "push-worker.js", Keep::Revalidate)?;
    // It talks to this server: the policy of a service worker is that of its script.
    response.extensions_mut().insert(PagePolicy::plain());
    Ok(response)
}

fn serve(request: &HttpRequest, app: &App, path: &str, keep: Keep) -> Answer<HttpResponse> {
    let (file, coding) = file::negotiate(&*app.files, request.headers(), path).ok_or(Code::NotFound)?;
    Ok(answer(request.headers(), path, file, coding, keep))
}
