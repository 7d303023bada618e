//! Files that go with messages: given part by part, then named by a `send` or `note`, then read through addresses that were
//! signed for a quarter of an hour.
//!
//! | step | route |
//! |---|---|
//! | begin | `POST /v1/conversations/{id}/attachments` |
//! | give a part; the last one's answer is what a message says | `PUT …/{file}?offset=` |
//! | go on after a break | `GET …/{file}` |
//! | give it up | `DELETE …/{file}` |
//! | where to read those of messages | `GET /v1/conversations/{id}/attachments?ids=` |
//! | read one | `GET /v1/files/{token}` |

mod download;
mod links;
mod uploads;

use brigade_domain::chat::attachment::{self, FileName, New, PART_BYTES, Upload};
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{AttachmentId, ConversationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) use self::download::disposition;
pub use self::links::mailed_file;
pub use self::uploads::Uploads;
use crate::entity::glance;
use crate::envelope::{Data, Done};
use crate::guard::{Limit, Participant};
use crate::input::{At, Body, Octets, Params};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![begin, state, give_up; Limit::Upload => part].with(links::routes()).with(download::routes())
}

/// A file that goes with a message: what `send` and `note` say of it, word for word.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attachment)]
pub(crate) struct AttachmentView {
    /// `att_…`
    id: String,
    name: String,
    /// By its content.
    #[serde(rename = "type")]
    media_type: String,
    /// In bytes.
    size: u64,
    /// Of a picture that can be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pixels: Option<PixelsView>,
}

/// How large a picture is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Pixels)]
pub(crate) struct PixelsView {
    width: u32,
    height: u32,
}

impl From<attachment::Attachment> for AttachmentView {
    fn from(file: attachment::Attachment) -> Self {
        Self {
            id: file.id.to_string(),
            name: file.name.to_string(),
            media_type: file.media_type.to_string(),
            size: file.size,
            pixels: file.pixels.map(|pixels| PixelsView { width: pixels.width, height: pixels.height }),
        }
    }
}

/// A file on its way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadView {
    /// `att_…`
    id: String,
    size: u64,
    /// How many bytes are here: the next part begins there.
    offset: u64,
    /// How many bytes a part has; only the last one is shorter.
    part_bytes: u64,
    /// What a message says of it, once it is whole.
    attachment: Option<AttachmentView>,
}

impl From<Upload> for UploadView {
    fn from(upload: Upload) -> Self {
        Self {
            id: upload.id.to_string(),
            size: upload.size,
            offset: upload.received,
            part_bytes: PART_BYTES,
            attachment: upload.ready.map(Into::into),
        }
    }
}

/// A file that is to be given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginUpload {
    /// What it is called: 1 to 200 characters.
    name: String,
    /// In bytes: 1 to 26,214,400 (25 MiB).
    size: u64,
}

/// Begins to give a file. What was not sent a day later is taken away.
#[utoipa::path(post, path = "/v1/conversations/{id}/attachments", tag = "chat", request_body = BeginUpload,
    params(("id" = String, Path, description = "`cnv_…`")), responses((status = 200, body = UploadView)))]
async fn begin(
    who: Participant,
    app: App,
    At(conversation): At<ConversationId>,
    Body(body): Body<BeginUpload>,
) -> Answer<Data<UploadView>> {
    glance(&app, who.actor(), EntityKey::new(who.tenant(), conversation)).await?;
    let name = FileName::parse(&body.name)?;
    New::check_size(body.size)?;
    let id = AttachmentId::from_uuid(Uuid::now_v7());
    let new = New { id, conversation, by: who.actor().party, name, size: body.size, at: who.at() };
    Ok(Data::new(app.chat.uploads.begin(who.tenant(), new).await?.into()))
}

/// The file of `who`'s that is on its way into this conversation.
async fn own(who: &Participant, app: &App, conversation: ConversationId, file: AttachmentId) -> Answer<Upload> {
    glance(app, who.actor(), EntityKey::new(who.tenant(), conversation)).await?;
    Ok(app.chat.uploads.own(who.tenant(), conversation, file, who.actor().party).await?)
}

/// How much of a file is here.
#[utoipa::path(get, path = "/v1/conversations/{id}/attachments/{file}", tag = "chat",
    params(("id" = String, Path, description = "`cnv_…`"), ("file" = String, Path, description = "`att_…`, an own one.")),
    responses((status = 200, body = UploadView)))]
async fn state(
    who: Participant,
    app: App,
    At((conversation, file)): At<(ConversationId, AttachmentId)>,
) -> Answer<Data<UploadView>> {
    Ok(Data::new(own(&who, &app, conversation, file).await?.into()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartQuery {
    offset: u64,
}

/// Gives a part of a file. The same part may come twice. With the last one the file is looked at: what it is by its content,
/// whether it is a picture, and, where a scanner is configured, whether it is harmful.
#[utoipa::path(put, path = "/v1/conversations/{id}/attachments/{file}", tag = "chat",
    params(("id" = String, Path, description = "`cnv_…`"), ("file" = String, Path, description = "`att_…`, an own one."),
           ("offset" = u64, Query, description = "Where the part begins: a multiple of 1,048,576.")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
                 description = "1,048,576 bytes; the last part is shorter."),
    responses((status = 200, body = UploadView)))]
async fn part(
    who: Participant,
    app: App,
    At((conversation, file)): At<(ConversationId, AttachmentId)>,
    Params(query): Params<PartQuery>,
    Octets(bytes): Octets,
) -> Answer<Data<UploadView>> {
    let upload = own(&who, &app, conversation, file).await?;
    Ok(Data::new(app.chat.uploads.take(who.tenant(), upload, query.offset, bytes).await?.into()))
}

/// Gives a file up that was not sent.
#[utoipa::path(delete, path = "/v1/conversations/{id}/attachments/{file}", tag = "chat",
    params(("id" = String, Path, description = "`cnv_…`"), ("file" = String, Path, description = "`att_…`, an own one.")),
    responses((status = 200, body = Done)))]
async fn give_up(
    who: Participant,
    app: App,
    At((conversation, file)): At<(ConversationId, AttachmentId)>,
) -> Answer<Data<Done>> {
    let upload = own(&who, &app, conversation, file).await?;
    app.chat.uploads.give_up(who.tenant(), &upload).await?;
    Ok(Data::done())
}
