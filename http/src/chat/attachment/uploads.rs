//! How a file comes in: parts are kept as they come; with the last one they are put together and looked at.

use std::sync::Arc;

use brigade_domain::actor::Party;
use brigade_domain::chat::attachment::{
    Attachment, Attachments, Files, Form, Inspector, Looked, New, PART_BYTES, Place, Upload, What,
};
use brigade_domain::entity::Seq;
use brigade_domain::id::{AttachmentId, ConversationId, TenantId};
use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};
use tokio::sync::Semaphore;

/// So many files are put together at a time: each is in memory then.
const AT_A_TIME: usize = 4;

/// Files that go with messages. Cheap to clone.
#[derive(Clone)]
pub struct Uploads {
    pub(super) known: Arc<dyn Attachments>,
    pub(super) files: Arc<dyn Files>,
    inspector: Arc<dyn Inspector>,
    turns: Arc<Semaphore>,
}

impl Uploads {
    /// What is known of them, where their bytes are, and who looks at them.
    pub fn new(known: Arc<dyn Attachments>, files: Arc<dyn Files>, inspector: Arc<dyn Inspector>) -> Self {
        Self { known, files, inspector, turns: Arc::new(Semaphore::new(AT_A_TIME)) }
    }

    /// Where bytes are kept.
    pub fn files(&self) -> Arc<dyn Files> {
        Arc::clone(&self.files)
    }

    /// Keeps a whole file, as if it had come in parts. The one of that id stays when it is there already.
    pub async fn keep(&self, tenant: TenantId, new: New, bytes: &[u8]) -> Result<Attachment, Rejection> {
        let mut upload = match self.known.find(tenant, new.conversation, new.id).await? {
            Some(upload) => upload,
            None => self.begin(tenant, new).await?,
        };
        let mut offset = 0;
        for part in bytes.chunks(usize::try_from(PART_BYTES).unwrap_or(usize::MAX)) {
            upload = self.take(tenant, upload, offset, part.to_vec()).await?;
            offset += part.len() as u64;
        }
        Ok(upload.ready.ok_or_else(|| Fault::internal("keep a whole file", "it has another size"))?)
    }

    pub(super) async fn begin(&self, tenant: TenantId, new: New) -> Result<Upload, Rejection> {
        let upload =
            Upload { id: new.id, by: new.by, name: new.name.clone(), size: new.size, received: 0, ready: None };
        self.known.begin(tenant, new).await?;
        Ok(upload)
    }

    /// The file that `party` gives into this conversation, or `NOT_FOUND`.
    pub(super) async fn own(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        file: AttachmentId,
        party: Party,
    ) -> Result<Upload, Rejection> {
        let upload = self.known.find(tenant, conversation, file).await?;
        Ok(upload.filter(|upload| upload.by == party).ok_or(Refusal::of(Code::NotFound))?)
    }

    /// Takes a part in, and finishes the file with its last one. Whoever repeats the last part of a file that was not
    /// finished (the server was killed, the scanner was away) finishes it.
    pub(super) async fn take(
        &self,
        tenant: TenantId,
        mut upload: Upload,
        offset: u64,
        bytes: Vec<u8>,
    ) -> Result<Upload, Rejection> {
        if upload.ready.is_some() {
            return Ok(upload);
        }
        if let Some(end) = upload.check_part(offset, bytes.len() as u64)? {
            self.files.put(Place { tenant, file: upload.id, what: What::Part(offset) }, bytes).await?;
            if !self.known.advance(tenant, upload.id, offset, end).await? {
                let text = "Another part of this file has come meanwhile. Ask how much is here, and go on from there.";
                return Err(Refusal::new(Code::Conflict, text).into());
            }
            upload.received = end;
        }
        if upload.received == upload.size {
            upload.ready = Some(self.finish(tenant, &upload).await?);
        }
        Ok(upload)
    }

    async fn finish(&self, tenant: TenantId, upload: &Upload) -> Result<Attachment, Rejection> {
        let _turn = self.turns.acquire().await.map_err(|error| Fault::internal("wait for a turn", error))?;
        let whole = self.whole(tenant, upload).await?;
        let (whole, Looked { media_type, picture }) = match self.inspector.look(whole).await {
            Err(Rejection::Refused(refusal)) => {
                // Nothing of it is kept.
                self.give_up(tenant, upload).await?;
                return Err(refusal.into());
            }
            looked => looked?,
        };
        let place = |form| Place { tenant, file: upload.id, what: What::Whole(form) };
        let (pixels, thumbnail) = picture.unzip();
        if let Some(thumbnail) = thumbnail {
            self.files.put(place(Form::Thumbnail), thumbnail).await?;
        }
        self.files.put(place(Form::Original), whole).await?;
        let (id, name) = (upload.id, upload.name.clone());
        let attachment = Attachment { id, name, media_type, size: upload.size, pixels };
        self.known.finish(tenant, attachment.clone()).await?;
        self.files.remove(tenant, id, true).await?;
        Ok(attachment)
    }

    async fn whole(&self, tenant: TenantId, upload: &Upload) -> Result<Vec<u8>, Fault> {
        let mut whole = Vec::new();
        while (whole.len() as u64) < upload.size {
            let place = Place { tenant, file: upload.id, what: What::Part(whole.len() as u64) };
            match self.files.read(place, 0, PART_BYTES).await? {
                Some(part) if !part.is_empty() => whole.extend(part),
                // Somebody else has just finished it, or it was given up: who asks again is told.
                _ => return Err(Fault::unavailable("a part of a file", std::io::Error::other("it is not there"))),
            }
        }
        Ok(whole)
    }

    /// What was sent stays.
    pub(super) async fn give_up(&self, tenant: TenantId, upload: &Upload) -> Result<(), Rejection> {
        if !self.known.give_up(tenant, upload.id).await? {
            return Err(Refusal::new(Code::Conflict, "This file was sent. Delete the message it went with.").into());
        }
        Ok(self.take_away(tenant, upload.id).await?)
    }

    /// Takes away what the files of a deleted message held. May be done again.
    pub async fn clear(&self, tenant: TenantId, conversation: ConversationId, seq: Seq) -> Result<(), Fault> {
        for file in self.known.removed(tenant, conversation, seq).await? {
            self.take_away(tenant, file).await?;
        }
        Ok(())
    }

    /// Takes a file away that nobody sent. May be done again.
    pub async fn expire(&self, tenant: TenantId, file: AttachmentId) -> Result<(), Fault> {
        let unsent = self.known.give_up(tenant, file).await?;
        // A part that came while somebody gave the file up is of no file any more.
        if unsent || self.known.kept(tenant, file).await?.is_none() {
            self.take_away(tenant, file).await?;
        }
        Ok(())
    }

    async fn take_away(&self, tenant: TenantId, file: AttachmentId) -> Result<(), Fault> {
        self.files.remove(tenant, file, false).await?;
        self.known.forget(tenant, file).await
    }
}
