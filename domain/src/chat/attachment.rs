//! Files that go with messages: what is known of them, how they arrive, and who keeps them.
//!
//! A file is given part by part ([`Upload`]), looked at when it is all there ([`Looked`]), and then goes with a message as an
//! [`Attachment`]. Until it does, it is nobody's but the giver's, and is taken away after [`UNSENT_HOURS`].

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::actor::Party;
use crate::entity::{Audience, Seq};
use crate::id::{AttachmentId, ConversationId, TenantId};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Refusal, Rejection};
use crate::text::{line, text_type};

/// The largest file, in bytes: 25 MiB.
pub const MAX_BYTES: u64 = 25 * 1024 * 1024;

/// The most files that go with one message.
pub const MAX_FILES: usize = 10;

/// A file is given in parts of exactly so many bytes; the last one may be shorter.
pub const PART_BYTES: u64 = 1024 * 1024;

/// What nobody has sent after so many hours is taken away.
pub const UNSENT_HOURS: i64 = 24;

/// The longest side of the small picture that is shown first, in pixels.
pub const THUMBNAIL_PIXELS: u32 = 480;

/// Takes the files of a deleted message away.
pub const REMOVE: &str = "attachments.remove";

/// Takes a file away that nobody sent.
pub const EXPIRE: &str = "attachments.expire";

/// What a file is called: 1 to 200 characters on one line, without the signs that part folders. The name is shown and
/// offered when the file is saved; nothing is ever stored under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileName(Arc<str>);
text_type!(FileName);

impl FileName {
    /// The most characters of a name.
    pub const MAX: usize = 200;

    /// Reads a name. Of a path only what is behind the last folder counts, as browsers do.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        // What turns the direction of writing makes an `exe` look like a `pdf`.
        let plain: String = last.chars().filter(|c| !is_direction(*c)).collect();
        line("name", &plain, Self::MAX).map(Self)
    }
}

/// The characters that turn the direction of what is around them.
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a file is, by its content: `image/png`. What is not known is `application/octet-stream`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaType(Arc<str>);
text_type!(MediaType);

impl MediaType {
    /// Reads a type: `type/subtype` in lower case, without parameters, at most 100 characters.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-._".contains(&b))
        };
        match text.split_once('/') {
            Some((kind, subtype)) if part(kind) && part(subtype) && text.len() <= 100 => Ok(Self(text.into())),
            _ => Err(Refusal::invalid("type", "This is not the type of a file, such as image/png.")),
        }
    }
}

/// How large a picture is, in pixels, as it is looked at: turned the way it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pixels {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// A file that goes with a message, as it stands in the log and in every answer. Who sends it says all of this, and the
/// database compares it with what was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Which.
    pub id: AttachmentId,
    /// What it is called.
    pub name: FileName,
    /// What it is.
    #[serde(rename = "type")]
    pub media_type: MediaType,
    /// How many bytes.
    pub size: u64,
    /// Of a picture that can be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<Pixels>,
}

/// A file somebody begins to give.
#[derive(Debug, Clone)]
pub struct New {
    /// Which.
    pub id: AttachmentId,
    /// Into which conversation.
    pub conversation: ConversationId,
    /// Who gives it.
    pub by: Party,
    /// What it is called.
    pub name: FileName,
    /// How many bytes it will have: 1 to [`MAX_BYTES`].
    pub size: u64,
    /// When.
    pub at: Timestamp,
}

impl New {
    /// Checks the size of a file that is to be given.
    pub fn check_size(size: u64) -> Result<(), Refusal> {
        match size {
            0 => Err(Refusal::invalid("size", "This file is empty.")),
            1..=MAX_BYTES => Ok(()),
            _ => Err(Refusal::invalid("size", "A file can have 25 MB. Send a smaller one, or a link to it.")
                .with_details(serde_json::json!({ "field": "size", "limit": MAX_BYTES }))),
        }
    }
}

/// A file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Which.
    pub id: AttachmentId,
    /// Who gives it.
    pub by: Party,
    /// What it is called.
    pub name: FileName,
    /// How many bytes it will have.
    pub size: u64,
    /// How many are here.
    pub received: u64,
    /// What it is, once it was all there and looked at.
    pub ready: Option<Attachment>,
}

impl Upload {
    /// Checks that a part of `length` bytes may come at `offset`; [`None`] when it came before.
    pub fn check_part(&self, offset: u64, length: u64) -> Result<Option<u64>, Refusal> {
        let end = offset.saturating_add(length);
        let whole = offset.saturating_add(PART_BYTES).min(self.size);
        if !offset.is_multiple_of(PART_BYTES) || offset >= self.size || end != whole {
            let text =
                format!("A part has {PART_BYTES} bytes and begins at a multiple of that; only the last is shorter.");
            return Err(Refusal::invalid("offset", text).with_details(
                serde_json::json!({ "field": "offset", "offset": self.received, "part_bytes": PART_BYTES }),
            ));
        }
        if end <= self.received {
            return Ok(None);
        }
        if offset == self.received {
            return Ok(Some(end));
        }
        Err(Refusal::new(crate::refusal::Code::Conflict, "Another part comes first.")
            .with_details(serde_json::json!({ "offset": self.received, "part_bytes": PART_BYTES })))
    }
}

/// Which form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// As it was given.
    Original,
    /// The small picture of it.
    Thumbnail,
}

/// Where the bytes of one thing are kept. Tenant first: nothing of one tenant can be named in another's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Whose.
    pub tenant: TenantId,
    /// Which file.
    pub file: AttachmentId,
    /// Which of its bytes.
    pub what: What,
}

/// Which bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// The part that begins there, until all are here.
    Part(u64),
    /// The whole.
    Whole(Form),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/", self.tenant, self.file)?;
        match self.what {
            What::Part(offset) => write!(f, "part-{offset:08}"),
            What::Whole(Form::Original) => f.write_str("original"),
            What::Whole(Form::Thumbnail) => f.write_str("thumbnail"),
        }
    }
}

/// Keeps bytes: a folder, or a service of objects. What it has taken is on its disk.
pub trait Files: Send + Sync + 'static {
    /// Keeps `bytes` at `place`, in the place of what was there.
    fn put(&self, place: Place, bytes: Vec<u8>) -> BoxFuture<'static, Result<(), Fault>>;

    /// At most `length` bytes of what is kept there, beginning with the one at `from`; `None` when nothing is.
    fn read(&self, place: Place, from: u64, length: u64) -> BoxFuture<'static, Result<Option<Vec<u8>>, Fault>>;

    /// Takes away what is kept of a file: everything, or only the parts it came in.
    fn remove(&self, tenant: TenantId, file: AttachmentId, parts_only: bool) -> BoxFuture<'static, Result<(), Fault>>;
}

/// What was found when a file was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// What it is.
    pub media_type: MediaType,
    /// Of a picture that can be shown: how large it is, and a small one of it (JPEG, or WebP).
    pub picture: Option<(Pixels, Vec<u8>)>,
}

/// Looks at files: what they are by their content, whether they are harmful. The file comes back with what was found.
pub trait Inspector: Send + Sync + 'static {
    /// Looks at one. Refused when it is harmful.
    fn look(&self, bytes: Vec<u8>) -> BoxFuture<'static, Result<(Vec<u8>, Looked), Rejection>>;
}

/// What is known of files beside their bytes.
pub trait Attachments: Send + Sync + 'static {
    /// Somebody begins to give one. Refused when there are too many that nobody sent, or too much in the conversation.
    fn begin(&self, tenant: TenantId, new: New) -> BoxFuture<'static, Result<(), Rejection>>;

    /// One on its way, or given.
    fn find(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        id: AttachmentId,
    ) -> BoxFuture<'static, Result<Option<Upload>, Fault>>;

    /// So many bytes are here now, if it was `from` before; whether it was.
    fn advance(
        &self,
        tenant: TenantId,
        id: AttachmentId,
        from: u64,
        to: u64,
    ) -> BoxFuture<'static, Result<bool, Fault>>;

    /// It was looked at and can be sent.
    fn finish(&self, tenant: TenantId, attachment: Attachment) -> BoxFuture<'static, Result<(), Fault>>;

    /// Those of these that went with a message `audience` may see.
    fn sent(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        ids: Vec<AttachmentId>,
        audience: Audience,
    ) -> BoxFuture<'static, Result<Vec<Attachment>, Fault>>;

    /// One that went with a message and is still there, whoever may see it: for addresses that were signed.
    fn kept(&self, tenant: TenantId, id: AttachmentId) -> BoxFuture<'static, Result<Option<Attachment>, Fault>>;

    /// From now on it is gone for everybody, unless it was sent; whether it is.
    fn give_up(&self, tenant: TenantId, id: AttachmentId) -> BoxFuture<'static, Result<bool, Fault>>;

    /// Those of a deleted message, whose bytes are to be taken away.
    fn removed(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        seq: Seq,
    ) -> BoxFuture<'static, Result<Vec<AttachmentId>, Fault>>;

    /// Its bytes are gone: nothing is known of it any more.
    fn forget(&self, tenant: TenantId, id: AttachmentId) -> BoxFuture<'static, Result<(), Fault>>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn upload(size: u64, received: u64) -> Upload {
        let id = AttachmentId::from_uuid(Uuid::nil());
        let name = FileName::parse("menu.pdf").unwrap();
        Upload { id, by: Party::System, name, size, received, ready: None }
    }

    #[test]
    fn a_name_is_the_last_of_a_path_and_shows_what_it_is() {
        let name = |text: &str| FileName::parse(text).unwrap().as_str().to_owned();
        assert_eq!(name("C:\\Users\\me\\menu.pdf"), "menu.pdf");
        assert_eq!(name("../../etc/passwd"), "passwd");
        assert_eq!(name("قائمة الطعام.pdf"), "قائمة الطعام.pdf");
        assert_eq!(name("gpj.\u{202e}exe"), "gpj.exe");
        for text in ["", "/", "a\nb", "\u{202e}", &"a".repeat(201)] {
            assert!(FileName::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn types_are_types() {
        for text in ["image/png", "application/vnd.oasis.opendocument.text", "image/svg+xml"] {
            assert!(MediaType::parse(text).is_ok(), "{text}");
        }
        for text in
            ["", "image", "image/", "/png", "image/png; charset=x", "Image/PNG", "a/b\r\nset-cookie: x", "a/b/c"]
        {
            assert!(MediaType::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_file_has_a_size() {
        assert!(New::check_size(1).is_ok() && New::check_size(MAX_BYTES).is_ok());
        assert!(New::check_size(0).is_err());
        assert_eq!(New::check_size(MAX_BYTES + 1).unwrap_err().details.unwrap()["limit"], MAX_BYTES);
    }

    #[test]
    fn parts_come_in_order_and_may_come_again() {
        let size = 2 * PART_BYTES + 10;
        let there = upload(size, PART_BYTES);
        assert_eq!(there.check_part(PART_BYTES, PART_BYTES).unwrap(), Some(2 * PART_BYTES));
        assert_eq!(there.check_part(0, PART_BYTES).unwrap(), None);
        let conflict = there.check_part(2 * PART_BYTES, 10).unwrap_err();
        assert_eq!(
            (conflict.code, conflict.details.unwrap()["offset"].as_u64()),
            (crate::refusal::Code::Conflict, Some(PART_BYTES))
        );
        assert_eq!(upload(size, 2 * PART_BYTES).check_part(2 * PART_BYTES, 10).unwrap(), Some(size));
        for (offset, length) in [
            (PART_BYTES, 5),
            (PART_BYTES, PART_BYTES + 1),
            (7, PART_BYTES),
            (size, 0),
            (u64::MAX - 1, 1),
            (2 * PART_BYTES, 11),
        ] {
            assert!(there.check_part(offset, length).is_err(), "{offset} {length}");
        }
    }

    #[test]
    fn nothing_is_kept_under_a_name_somebody_chose() {
        let place =
            |what| Place { tenant: TenantId::from_uuid(Uuid::nil()), file: AttachmentId::from_uuid(Uuid::nil()), what };
        let tenant = TenantId::from_uuid(Uuid::nil());
        let file = AttachmentId::from_uuid(Uuid::nil());
        assert_eq!(place(What::Part(PART_BYTES)).to_string(), format!("{tenant}/{file}/part-01048576"));
        assert_eq!(place(What::Whole(Form::Original)).to_string(), format!("{tenant}/{file}/original"));
    }
}
