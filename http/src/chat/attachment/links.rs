//! Where the files of messages can be read, for a while: addresses that carry their own permission, because a picture in a
//! page can bring no token along. Each is for one file of one tenant, and says until when.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::Timestamp;
use brigade_domain::chat::attachment::{Attachment, Form, MAX_FILES};
use brigade_domain::chat::transcript::letter::LINK_DAYS;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{AttachmentId, ConversationId, TenantId};
use brigade_domain::identity::mail::Line;
use brigade_domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::config::HttpConfig;
use crate::entity::{audience, glance};
use crate::envelope::Data;
use crate::guard::Participant;
use crate::input::{At, Params};
use crate::problem::Answer;
use crate::signature::{Purpose, is_genuine, sign};
use crate::{App, Parts, Routes, routes};

/// Addresses change every so many seconds, so that a browser finds what it has already; each is good for one to two of
/// these.
const ROUND: i64 = 15 * 60;

/// The most files that are asked for at a time.
const MOST: usize = 10 * MAX_FILES;

pub(super) fn routes() -> Routes {
    routes![links]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinksQuery {
    ids: String,
}

/// Where a file can be read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkView {
    /// `att_…`
    id: String,
    /// The file as it was given, to be saved.
    url: String,
    /// A small picture of it, when it is a picture.
    thumbnail: Option<String>,
}

/// Where files can be read, and until when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinksView {
    /// Those asked for that are there for the caller.
    files: Vec<LinkView>,
    /// 15 to 30 minutes from now.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

/// Where files of this conversation's messages can be read.
#[utoipa::path(get, path = "/v1/conversations/{id}/attachments", tag = "chat",
    params(("id" = String, Path, description = "`cnv_…`"),
           ("ids" = String, Query, description = "`att_…`, up to 100 of them, with commas between.")),
    responses((status = 200, body = LinksView)))]
async fn links(
    who: Participant,
    app: App,
    At(conversation): At<ConversationId>,
    Params(query): Params<LinksQuery>,
) -> Answer<Data<LinksView>> {
    let ids = parse(&query.ids)?;
    glance(&app, who.actor(), EntityKey::new(who.tenant(), conversation)).await?;
    let audience = audience(who.actor(), who.tenant());
    let files = app.chat.uploads.known.sent(who.tenant(), conversation, ids, audience).await?;
    let until = (who.at().as_second() / ROUND + 2) * ROUND;
    let link = |form, file: &Attachment| {
        format!("/v1/files/{}", Link { tenant: who.tenant(), file: file.id, form, until }.token(app.config()))
    };
    let view = |file: &Attachment| LinkView {
        id: file.id.to_string(),
        url: link(Form::Original, file),
        thumbnail: file.pixels.map(|_| link(Form::Thumbnail, file)),
    };
    let until = Timestamp::from_second(until).unwrap_or(Timestamp::MAX);
    Ok(Data::new(LinksView { files: files.iter().map(view).collect(), until }))
}

/// Where a file can be read that a letter speaks of: for as many days as the letter says.
pub fn mailed_file(app: &Parts, tenant: TenantId, file: &Attachment, at: Timestamp) -> Line {
    let until = at.as_second() + LINK_DAYS * 24 * 60 * 60;
    let token = Link { tenant, file: file.id, form: Form::Original, until }.token(app.config());
    Line { text: file.name.to_string(), link: format!("{}/v1/files/{token}", app.config().origin()) }
}

fn parse(ids: &str) -> Result<Vec<AttachmentId>, Refusal> {
    let wrong = || Refusal::invalid("ids", format!("Name 1 to {MOST} files as att_…, with commas between."));
    let ids = ids.split(',').map(|id| id.parse().map_err(|_| wrong())).collect::<Result<Vec<_>, _>>()?;
    if ids.len() > MOST { Err(wrong()) } else { Ok(ids) }
}

/// What an address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) tenant: TenantId,
    pub(super) file: AttachmentId,
    pub(super) form: Form,
    /// In seconds since 1970.
    pub(super) until: i64,
}

const SAID: usize = 16 + 16 + 1 + 8;

impl Link {
    fn said(self) -> [u8; SAID] {
        let mut said = [0; SAID];
        said[..16].copy_from_slice(self.tenant.uuid().as_bytes());
        said[16..32].copy_from_slice(self.file.uuid().as_bytes());
        said[32] = match self.form {
            Form::Original => 0,
            Form::Thumbnail => 1,
        };
        said[33..].copy_from_slice(&self.until.to_be_bytes());
        said
    }

    fn token(self, config: &HttpConfig) -> String {
        let said = self.said();
        URL_SAFE_NO_PAD.encode([said.as_slice(), &sign(config, Purpose::File, &[&said])].concat())
    }

    /// Reads a token that this server made.
    pub(super) fn read(config: &HttpConfig, token: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (said, signature) = bytes.split_at_checked(SAID)?;
        if !is_genuine(config, Purpose::File, &[said], signature) {
            return None;
        }
        let uuid = |at: usize| Uuid::from_slice(said.get(at..at + 16)?).ok();
        Some(Self {
            tenant: TenantId::from_uuid(uuid(0)?),
            file: AttachmentId::from_uuid(uuid(16)?),
            form: if said[32] == 0 { Form::Original } else { Form::Thumbnail },
            until: i64::from_be_bytes(said[33..].try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(tenant: u128) -> Link {
        let (tenant, file) =
            (TenantId::from_uuid(Uuid::from_u128(tenant)), AttachmentId::from_uuid(Uuid::from_u128(7)));
        Link { tenant, file, form: Form::Thumbnail, until: 1_700_000_000 }
    }

    #[test]
    fn an_address_is_for_what_it_was_signed_for() {
        let config = HttpConfig::new("https://brigade.example", [7; 32]);
        let token = link(1).token(&config);
        assert_eq!(Link::read(&config, &token), Some(link(1)));

        let other = HttpConfig::new("https://brigade.example", [8; 32]);
        assert_eq!(Link::read(&other, &token), None);
        // The signature of one with the words of another.
        let (mut bytes, another) = (URL_SAFE_NO_PAD.decode(&token).unwrap(), link(2).said());
        bytes[..SAID].copy_from_slice(&another);
        assert_eq!(Link::read(&config, &URL_SAFE_NO_PAD.encode(bytes)), None);
        for wrong in ["", "AAAA", &token[..token.len() - 2], "../../etc/passwd"] {
            assert_eq!(Link::read(&config, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_asked_for_is_counted() {
        let id = AttachmentId::from_uuid(Uuid::from_u128(7)).to_string();
        assert_eq!(parse(&format!("{id},{id}")).unwrap().len(), 2);
        for wrong in [String::new(), "x".to_owned(), format!("{id},"), vec![id; MOST + 1].join(",")] {
            assert!(parse(&wrong).is_err(), "{wrong}");
        }
    }
}
