//! Beginning a site chat, and forgetting it (C57).

use std::sync::Arc;

use brigade_domain::actor::Actor;
use brigade_domain::entity::{EntityKey, EntityRef};
use brigade_domain::id::{ConversationId, VisitorId};
use brigade_domain::identity::Secret;
use brigade_domain::tenant::questions::Given;
use brigade_domain::topic::Topic;
use rand::RngExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::config::tenant_now;
use crate::entity::ask;
use crate::envelope::{Data, Done};
use crate::guard::{Limit, SiteKey};
use crate::identity::token;
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

/// What the names of visitors end with: without letters and digits that look alike.
const NAME_LETTERS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

pub(super) fn routes() -> Routes {
    routes![forget; Limit::SiteChat => begin]
}

/// Where the visitor is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Begin {
    /// The address of the page, at most 2,048 bytes.
    #[serde(default)]
    page: Option<String>,
    /// The answers to the questions of `GET /v1/site/config`, if there are any.
    #[serde(default)]
    #[schema(value_type = Vec<AnswerBody>)]
    answers: Vec<Given>,
}

/// An answer.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "says in the document what is read as `Given`")]
pub(crate) struct AnswerBody {
    /// In the words of the question.
    question: String,
    /// At most 500 characters; one of the choices, where there are some.
    answer: String,
}

/// A site chat that has begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct BegunView {
    #[schema(value_type = String)]
    conversation: ConversationId,
    #[schema(value_type = String)]
    visitor: VisitorId,
    /// Leads back to this one conversation, and to nothing else; 30 days from its last use. Shown this once.
    token: String,
    /// What to subscribe to.
    #[schema(value_type = String)]
    topic: Topic,
}

/// Begins a site chat, with answers to what the business asks before. The staff hears of it with the first message, or an address among the answers.
#[utoipa::path(post, path = "/v1/site/conversations", tag = "site", request_body = Begin,
    responses((status = 200, body = BegunView)))]
async fn begin(who: SiteKey, app: App, Body(body): Body<Begin>) -> Answer<Data<BegunView>> {
    let (tenant, conversation) = (who.tenant(), ConversationId::from_uuid(Uuid::now_v7()));
    let visitor = VisitorId::from_uuid(Uuid::now_v7());
    let answers = tenant_now(&app, tenant).await?.questions.answered(&body.answers)?;
    let name = answers.name.as_ref().map_or_else(visitor_name, |name| name.as_str().to_owned());
    let open = json!({
        "kind": "site", "visitor": visitor, "name": name, "page": body.page, "answers": answers.all, "email": answers.email,
    });
    let open = open.to_string();
    let system = Arc::new(Actor::system(tenant));
    ask(&app, &system, EntityKey::new(tenant, conversation), who.at(), conversation.uuid(), "open", &open).await?;
    let (token, hash) = token::visitor();
    app.identity.visitors.issue(tenant, visitor, conversation, hash, who.at()).await?;
    let topic = Topic::log(EntityRef::from(conversation));
    Ok(Data::new(BegunView { conversation, visitor, token, topic }))
}

/// Tells visitors apart, for the staff: “Visitor 4F2A”.
fn visitor_name() -> String {
    let mut rng = rand::rng();
    let letters: String = (0..4).map(|_| char::from(NAME_LETTERS[rng.random_range(0..NAME_LETTERS.len())])).collect();
    format!("Visitor {letters}")
}

/// Whom to forget.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forget {
    #[schema(value_type = String)]
    token: Secret,
}

/// Ends a visitor's token: nobody gets back to the conversation with it. The staff keeps what was said.
#[utoipa::path(post, path = "/v1/site/forget", tag = "site", request_body = Forget,
    responses((status = 200, body = Done)))]
async fn forget(who: SiteKey, app: App, Body(body): Body<Forget>) -> Answer<Data<Done>> {
    app.identity.visitors.forget(who.tenant(), token::hash(body.token.expose()), who.at()).await?;
    Ok(Data::done())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visitors_have_names_of_a_shape() {
        let name = visitor_name();
        let letters = name.strip_prefix("Visitor ").unwrap();
        assert!(letters.len() == 4 && letters.bytes().all(|letter| NAME_LETTERS.contains(&letter)), "{name}");
    }
}
