//! The one way to mount a handler. See [`routes!`](crate::routes) for how a feature lists its own.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use actix_web::dev::HttpServiceFactory;
use actix_web::guard::GuardContext;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, Route, Scope, web};
use brigade_domain::refusal::{Code, Fault, Refusal};
use futures_util::FutureExt as _;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::{RefOr, Schema};

use crate::app::App;
use crate::guard::{self, Access, Authority, Gate, Limit, Public};
use crate::openapi::Served;
use crate::problem::{Answer, Problem};

/// A handler: an authority first, then what it reads of the request. Implemented for functions of up to six
/// arguments beside the authority.
pub trait Handle<A, Args>: Clone + Send + Sync + 'static {
    /// What it answers.
    type Reply: Responder + 'static;
    /// Runs it.
    fn handle(&self, authority: A, args: Args) -> impl Future<Output = Answer<Self::Reply>>;
}

macro_rules! handle {
    ($($type:ident $arg:ident),*) => {
        impl<F, Fut, R, A, $($type),*> Handle<A, ($($type,)*)> for F
        where
            F: Fn(A, $($type),*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Answer<R>>,
            R: Responder + 'static,
        {
            type Reply = R;
            fn handle(&self, authority: A, ($($arg,)*): ($($type,)*)) -> impl Future<Output = Answer<R>> {
                self(authority, $($arg),*)
            }
        }
    };
}

handle!();
handle!(T1 a1);
handle!(T1 a1, T2 a2);
handle!(T1 a1, T2 a2, T3 a3);
handle!(T1 a1, T2 a2, T3 a3, T4 a4);
handle!(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5);
handle!(T1 a1, T2 a2, T3 a3, T4 a4, T5 a5, T6 a6);

type MakeRoute = Arc<dyn Fn() -> Route + Send + Sync>;
/// The named schemas an operation refers to.
pub(crate) type Schemas = Vec<(String, RefOr<Schema>)>;

/// One mounted operation: its handler, and what the document says of it.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) method: HttpMethod,
    pub(crate) access: Access,
    pub(crate) operation: Operation,
    pub(crate) schemas: Schemas,
    pub(crate) documented: bool,
    make: MakeRoute,
}

/// A list of guarded routes.
#[derive(Clone, Default)]
pub struct Routes {
    pub(crate) entries: Vec<Entry>,
}

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one handler under the path and method of its `#[utoipa::path]` (`P`), behind the authority it takes.
    /// Written by [`routes!`](crate::routes).
    #[must_use]
    pub fn add<P, A, Args, H>(self, _path: P, handler: H, limit: Limit) -> Self
    where
        P: utoipa::Path + utoipa::__dev::SchemaReferences,
        A: Authority,
        Args: FromRequest + 'static,
        H: Handle<A, Args>,
    {
        let mut schemas = Schemas::new();
        P::schemas(&mut schemas);
        let Some(method) = P::methods().into_iter().next() else { unreachable!("utoipa demands a method") };
        self.push(P::path(), method, P::operation(), schemas, true, handler, limit)
    }

    /// Adds a handler that the document does not describe: pages and files.
    #[must_use]
    pub fn page<A, Args, H>(self, path: &str, handler: H) -> Self
    where
        A: Authority,
        Args: FromRequest + 'static,
        H: Handle<A, Args>,
    {
        let operation = Operation::default();
        self.push(path.to_owned(), HttpMethod::Get, operation, Schemas::new(), false, handler, Limit::Assets)
    }

    #[expect(clippy::too_many_arguments, reason = "private; the public functions above are the two ways to say it")]
    fn push<A, Args, H>(
        mut self,
        path: String,
        method: HttpMethod,
        operation: Operation,
        schemas: Schemas,
        documented: bool,
        handler: H,
        limit: Limit,
    ) -> Self
    where
        A: Authority,
        Args: FromRequest + 'static,
        H: Handle<A, Args>,
    {
        let matcher = matcher(&method);
        let make: MakeRoute = Arc::new(move || {
            let handler = handler.clone();
            web::route().guard(matcher.clone()).to(move |req: HttpRequest, payload: web::Payload| {
                let handler = handler.clone();
                async move { run::<A, Args, H>(handler, req, payload, limit).await }
            })
        });
        self.entries.push(Entry { path, method, access: A::ACCESS, operation, schemas, documented, make });
        self
    }

    /// Adds those of another list.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.entries.extend(other.entries);
        self
    }

    /// The routes as an actix service, framed by the guard. The only thing the server mounts.
    pub fn mount(self, app: App) -> impl HttpServiceFactory + 'static {
        let gate = app.gate.clone();
        let document = crate::openapi::document(&self).to_string();
        self.framed(gate, |scope| scope.app_data(app).app_data(Served(document.into())))
    }

    /// The routes inside the guard; `provide` adds what the handlers work with.
    pub(crate) fn framed(self, gate: Gate, provide: impl FnOnce(Scope) -> Scope) -> impl HttpServiceFactory + 'static {
        let mut scope = provide(web::scope("").app_data(gate.clone()));
        for (path, entries) in by_path(self.entries) {
            let allow = allow_header(&entries);
            let mut resource = web::resource(path);
            for entry in entries {
                resource = resource.route((entry.make)());
            }
            scope = scope
                .service(resource.default_service(web::to(move || std::future::ready(not_allowed(allow.clone())))));
        }
        scope.default_service(web::to(not_found)).wrap(from_fn(move |req, next| guard::frame(gate.clone(), req, next)))
    }
}

/// Guard, then arguments, then the handler: the body is not read before the caller may send it. A handler that panics
/// answers like one that is broken, and its neighbours on the thread go on.
async fn run<A, Args, H>(
    handler: H,
    req: HttpRequest,
    payload: web::Payload,
    limit: Limit,
) -> Result<HttpResponse, actix_web::Error>
where
    A: Authority,
    Args: FromRequest + 'static,
    H: Handle<A, Args>,
{
    let run = async {
        let authority = guard::admit::<A>(&req, limit).await?;
        let args = Args::from_request(&req, &mut payload.into_inner()).await.map_err(Into::into)?;
        let reply = handler.handle(authority, args).await?;
        Ok(reply.respond_to(&req).map_into_boxed_body())
    };
    // Nothing that a handler had in hand is used after it: what it shares is behind locks that do not poison, actors
    // that are started anew and transactions that are rolled back.
    AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|_| {
        Err(Problem::from(Fault::internal("run a handler", "it panicked; its message was logged")).into())
    })
}

fn by_path(entries: Vec<Entry>) -> Vec<(String, Vec<Entry>)> {
    let mut order = Vec::new();
    let mut paths = BTreeMap::<String, Vec<Entry>>::new();
    for entry in entries {
        if !paths.contains_key(&entry.path) {
            order.push(entry.path.clone());
        }
        paths.entry(entry.path.clone()).or_default().push(entry);
    }
    order.into_iter().filter_map(|path| paths.remove(&path).map(|entries| (path, entries))).collect()
}

/// Matches the method; `HEAD` is a `GET` whose body is not sent.
fn matcher(method: &HttpMethod) -> impl Fn(&GuardContext<'_>) -> bool + Clone + Send + Sync + use<> {
    let method = method_of(method);
    move |request| {
        let asked = &request.head().method;
        *asked == method || (method == Method::GET && *asked == Method::HEAD)
    }
}

pub(crate) fn method_of(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

fn allow_header(entries: &[Entry]) -> HeaderValue {
    let mut methods: Vec<_> = entries.iter().map(|entry| method_of(&entry.method).to_string()).collect();
    if methods.iter().any(|method| method == "GET") {
        methods.push("HEAD".to_owned());
    }
    HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static("GET"))
}

/// What is not there counts against the address like everything else, and says so in the one shape.
async fn not_found(req: HttpRequest) -> Result<HttpResponse, Problem> {
    guard::admit::<Public>(&req, Limit::Assets).await?;
    Err(Code::NotFound.into())
}

fn not_allowed(allow: HeaderValue) -> HttpResponse {
    let mut response = HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allow)).finish();
    response.extensions_mut().insert(Refusal::of(Code::MethodNotAllowed));
    response
}

/// Lists handlers that carry `#[utoipa::path]`, optionally under a limit of their own.
///
/// ```ignore
/// pub(crate) fn routes() -> Routes {
///     routes![list, create; Limit::SiteChat => start]
/// }
/// ```
#[macro_export]
macro_rules! routes {
    ($($handler:ident),* $(,)? $(; $limit:expr => $($limited:ident),* $(,)?)*) => {
        $crate::pastey::paste! {
            $crate::Routes::new()
                $(.add([<__path_ $handler>], $handler, $crate::guard::Limit::Api))*
                $($(.add([<__path_ $limited>], $limited, $limit))*)*
        }
    };
}
