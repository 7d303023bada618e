//! Forms of a business's site: an enquiry, and a request for access (BK-IDN-04, BK-IDN-06). What is sent begins a site chat, whose first
//! message it is.
//!
//! A form has an id of the browser's own for what it sends, and the conversation, its visitor and the keys of its commands are made from
//! it: sent twice it is one conversation, whatever was lost on the way, and nothing has to be remembered for that.

use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::chat::block::stopped;
use brigade_domain::chat::event::Form;
use brigade_domain::chat::text::MessageText;
use brigade_domain::entity::{EntityKey, EntityRef};
use brigade_domain::id::{ConversationId, TenantId, VisitorId};
use brigade_domain::identity::{Credential, Secret};
use brigade_domain::refusal::{Refusal, Rejection};
use brigade_domain::text::{DisplayName, Email, line};
use brigade_domain::topic::Topic;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::config::tenant_now;
use crate::entity::{ask, glance};
use crate::envelope::Data;
use crate::guard::{Limit, SiteKey};
use crate::identity::token;
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

/// The most characters of a telephone number, however it is written.
const MAX_TELEPHONE: usize = 50;

/// The most characters of what a company is called.
const MAX_COMPANY: usize = 200;

pub(super) fn routes() -> Routes {
    routes![; Limit::SiteChat => send]
}

/// A form that was filled in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filled {
    /// A UUID of your own for what is sent, kept until there is an answer: sent again with it there is one conversation. Whoever has it is
    /// let into the conversation, so keep it as you keep the token.
    #[schema(value_type = String, format = "uuid")]
    id: Uuid,
    /// `enquiry`, or `access` of somebody who wants to become a client.
    #[schema(value_type = String)]
    form: Form,
    /// At most 200 characters.
    name: String,
    email: String,
    /// At most 50 characters.
    #[serde(default)]
    telephone: Option<String>,
    /// Whom they ask for, with `access`: at most 200 characters.
    #[serde(default)]
    company: Option<String>,
    /// What it is about, at most 4,000 characters.
    message: String,
    /// The address of the page, at most 2,048 bytes.
    #[serde(default)]
    page: Option<String>,
    /// The token of the chat this browser has, if it has one: who may write no more there sends no forms either.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    token: Option<Secret>,
    /// Nobody sees this field, so nobody fills it in.
    #[serde(default)]
    website: Option<String>,
}

/// What a form has begun.
#[derive(Serialize, ToSchema)]
pub(crate) struct SentView {
    #[schema(value_type = String)]
    conversation: ConversationId,
    #[schema(value_type = String)]
    visitor: VisitorId,
    /// Leads back to this one conversation, and to nothing else; 30 days from its last use. Shown this once.
    token: String,
    /// What to subscribe to.
    #[schema(value_type = String)]
    topic: Topic,
    /// Whether the chat this browser had is still there: then it keeps that one.
    has_chat: bool,
    /// Whether these are opening hours.
    open_now: bool,
    /// When it opens next; null when it is open, or never is.
    #[schema(value_type = Option<String>, format = DateTime)]
    opens_at: Option<Timestamp>,
}

/// What was filled in, read.
struct Told {
    form: Form,
    name: DisplayName,
    email: Email,
    message: MessageText,
    answers: Vec<Value>,
    page: Option<String>,
}

impl Told {
    fn read(filled: Filled) -> Result<Self, Refusal> {
        if filled.website.is_some_and(|website| !website.is_empty()) {
            return Err(Refusal::invalid("website", "Leave this field empty: people do not see it."));
        }
        let Filled { form, telephone, company, page, .. } = filled;
        if form == Form::Enquiry && company.is_some() {
            return Err(Refusal::invalid("company", "Only a request for access says a company."));
        }
        let company = said("company", "Company", company, MAX_COMPANY)?;
        let telephone = said("telephone", "Telephone", telephone, MAX_TELEPHONE)?;
        Ok(Self {
            form,
            name: DisplayName::parse("name", &filled.name)?,
            email: Email::parse("email", &filled.email)?,
            message: MessageText::parse(&filled.message)
                .map_err(|refusal| refusal.with_details(json!({ "field": "message" })))?,
            answers: company.into_iter().chain(telephone).collect(),
            page,
        })
    }

    fn open(&self, visitor: VisitorId) -> String {
        let Self { form, name, email, answers, page, .. } = self;
        json!({ "kind": "site", "visitor": visitor, "name": name, "page": page, "answers": answers, "email": email, "form": form })
            .to_string()
    }
}

/// What is said beside the message, as an answer; nothing but spaces is none.
fn said(field: &str, question: &str, text: Option<String>, most: usize) -> Result<Option<Value>, Refusal> {
    let text = text.filter(|text| !text.trim().is_empty());
    text.map(|text| Ok(json!({ "question": question, "answer": line(field, &text, most)? }))).transpose()
}

/// An id made of what a form has: always the same one, and it says nothing of what it is made of.
fn made_of(what: &str, tenant: TenantId, id: Uuid, more: &str) -> Uuid {
    let mut digest = Sha256::new();
    for part in [b"brigade form".as_slice(), what.as_bytes(), tenant.uuid().as_bytes(), id.as_bytes(), more.as_bytes()]
    {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finalize()[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// Sends a form of the site: its conversation is in the inbox with all that a first message brings about, and goes on in the site's chat with
/// the token, or by the address. Sent again with the same id it is the same conversation; what was changed meanwhile is said there, too.
#[utoipa::path(post, path = "/v1/site/forms", tag = "site", request_body = Filled,
    responses((status = 200, body = SentView)))]
async fn send(who: SiteKey, app: App, Body(filled): Body<Filled>) -> Answer<Data<SentView>> {
    let (tenant, at, id) = (who.tenant(), who.at(), filled.id);
    let chat = filled.token.as_ref().map(|token| Credential::from_bearer(token.expose()));
    let told = Told::read(filled)?;
    let has_chat = chat_of(&app, tenant, chat).await?;
    if app.chat.blocks.is_blocked(tenant, told.email.clone()).await? {
        return Err(stopped().into());
    }
    let shown = tenant_now(&app, tenant).await?;

    let conversation = ConversationId::from_uuid(made_of("conversation", tenant, id, ""));
    let visitor = VisitorId::from_uuid(made_of("visitor", tenant, id, ""));
    let key = EntityKey::new(tenant, conversation);
    let open = told.open(visitor);
    let system = Arc::new(Actor::system(tenant));
    ask(&app, &system, key, at, made_of("open", tenant, id, &open), "open", &open).await?;
    let says = json!({ "text": told.message }).to_string();
    let visits = Arc::new(Actor::visitor(tenant, visitor));
    ask(&app, &visits, key, at, made_of("send", tenant, id, &says), "send", &says).await?;
    let (token, hash) = token::visitor();
    app.identity.visitors.issue(tenant, visitor, conversation, hash, at).await?;

    let topic = Topic::log(EntityRef::from(conversation));
    let open_now = shown.hours.is_open(at);
    let opens_at = if open_now { None } else { shown.hours.next_opening(at) };
    Ok(Data::new(SentView { conversation, visitor, token, topic, has_chat, open_now, opens_at }))
}

/// Whether the browser has a chat with this business; refused when it may write no more there.
async fn chat_of(app: &App, tenant: TenantId, chat: Option<Credential>) -> Answer<bool> {
    let Some(credential @ Credential::VisitorToken(_)) = chat else { return Ok(false) };
    let known = match app.gate.authenticator.authenticate(credential).await {
        Ok(known) if known.actor.tenant == Some(tenant) => known,
        Ok(_) | Err(Rejection::Refused(_)) => return Ok(false),
        Err(rejection) => return Err(rejection.into()),
    };
    let Some(conversation) = known.conversation else { return Ok(false) };
    let Ok(seen) = glance(app, &known.actor, EntityKey::new(tenant, conversation)).await else { return Ok(false) };
    if seen.state["writing_stopped"] == true { Err(stopped().into()) } else { Ok(true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(changes: &Value) -> Filled {
        let mut form = json!({
            "id": Uuid::nil(), "form": "enquiry", "name": "Ada \u{1f642}", "email": "Ada@Example.com", "message": "Do you deliver?",
        });
        form.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        serde_json::from_value(form).unwrap()
    }

    #[test]
    fn a_form_is_read_as_what_a_conversation_knows() {
        let told =
            Told::read(filled(&json!({ "form": "access", "company": " Bäcker & Söhne ", "telephone": "+43 1 23" })))
                .unwrap();
        let answers = json!([{ "question": "Company", "answer": "Bäcker & Söhne" }, { "question": "Telephone", "answer": "+43 1 23" }]);
        assert_eq!((json!(told.answers), told.email.as_str()), (answers, "ada@example.com"));
        assert!(Told::read(filled(&json!({ "telephone": "  " }))).unwrap().answers.is_empty());
        assert!(Told::read(filled(&json!({ "message": "م".repeat(4_000), "name": "é".repeat(200) }))).is_ok());
        for (field, wrong) in [
            ("name", json!({ "name": " " })),
            ("name", json!({ "name": "é".repeat(201) })),
            ("email", json!({ "email": "ada" })),
            ("message", json!({ "message": "\n" })),
            ("message", json!({ "message": "م".repeat(4_001) })),
            ("telephone", json!({ "telephone": "1".repeat(51) })),
            ("company", json!({ "company": "Bäcker" })),
            ("company", json!({ "form": "access", "company": "a".repeat(201) })),
            ("website", json!({ "website": "https://example.com" })),
        ] {
            let refused = Told::read(filled(&wrong)).err().unwrap();
            assert_eq!(refused.details.unwrap()["field"], field, "{wrong}");
        }
    }

    #[test]
    fn the_same_form_is_the_same_conversation_and_another_business_s_is_another() {
        let [one, other] = [1, 2].map(|n| TenantId::from_uuid(Uuid::from_u128(n)));
        let [id, next] = [3, 4].map(Uuid::from_u128);
        let conversation = made_of("conversation", one, id, "");
        assert_eq!(conversation, made_of("conversation", one, id, ""));
        for another in [
            made_of("conversation", other, id, ""),
            made_of("conversation", one, next, ""),
            made_of("visitor", one, id, ""),
            made_of("conversation", one, id, "more"),
        ] {
            assert_ne!(conversation, another);
        }
    }
}
