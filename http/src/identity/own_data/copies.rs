//! Making copies: everything that is known of somebody, page by page, into a ZIP that is kept part by part.
//!
//! An attempt that is broken off leaves its parts to the next one, which takes them away and begins anew.

use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::chat::attachment::{Files, Form, PART_BYTES, Place, What};
use brigade_domain::chat::message::Message;
use brigade_domain::chat::ports::{Messages, PAGE};
use brigade_domain::entity::Audience;
use brigade_domain::id::{ConversationId, ExportId, UserId};
use brigade_domain::identity::own_data::{Business, FILE_BYTES, OwnFile, Section};
use brigade_domain::identity::ports::{DeletionWork, ExportWork, OwnData};
use brigade_domain::refusal::Fault;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::archive::{Archive, place, remove};

const README: &str = include_str!("README.txt");

/// The parts that are one list each.
const LISTS: [(&str, Section); 6] = [
    ("profile.json", Section::Profile),
    ("memberships.json", Section::Memberships),
    ("sessions.json", Section::Sessions),
    ("sign-ins.json", Section::SignIns),
    ("notifications.json", Section::Telling),
    ("audit/platform.json", Section::Audit(None)),
];

/// Makes copies, and reads and takes away what is kept of them. Cheap to clone.
#[derive(Clone)]
pub struct Copies {
    work: Arc<dyn ExportWork>,
    deletion: Arc<dyn DeletionWork>,
    data: Arc<dyn OwnData>,
    messages: Arc<dyn Messages>,
    files: Arc<dyn Files>,
}

/// One attempt.
struct Attempt {
    copies: Copies,
    user: UserId,
    build: Uuid,
    archive: Archive,
    done: u32,
    steps: u32,
    /// How many bytes of files may still go in.
    room: u64,
}

/// Another attempt has begun: this one stops.
struct Overtaken;

enum Stop {
    Overtaken,
    Broken(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Broken(fault)
    }
}

impl From<Overtaken> for Stop {
    fn from(_: Overtaken) -> Self {
        Self::Overtaken
    }
}

impl Copies {
    /// Who counts attempts, who deletes, what is known, what was said, and where bytes are kept.
    pub fn new(
        (work, deletion): (Arc<dyn ExportWork>, Arc<dyn DeletionWork>),
        data: Arc<dyn OwnData>,
        messages: Arc<dyn Messages>,
        files: Arc<dyn Files>,
    ) -> Self {
        Self { work, deletion, data, messages, files }
    }

    /// Makes a copy, if it is still to be made. May be done again.
    pub async fn build(&self, user: UserId, export: ExportId) -> Result<(), Fault> {
        let (build, at) = (Uuid::now_v7(), Timestamp::now());
        let Some(before) = self.work.begin(user, export, build, at).await? else { return Ok(()) };
        if let Some(before) = before {
            remove(&*self.files, before).await?;
        }
        let archive = Archive::new(Arc::clone(&self.files), build, at);
        let attempt = Attempt { copies: self.clone(), user, build, archive, done: 0, steps: 0, room: FILE_BYTES };
        let made = match Box::pin(attempt.everything()).await {
            Ok(bytes) => self.work.finish(user, build, bytes, Timestamp::now()).await,
            Err(Stop::Overtaken) => Ok(false),
            Err(Stop::Broken(fault)) => Err(fault),
        };
        if !matches!(made, Ok(true)) {
            remove(&*self.files, build).await?;
        }
        made.map(drop)
    }

    /// Takes a copy away, if it is over. May be done again.
    pub async fn expire(&self, user: UserId, export: ExportId) -> Result<(), Fault> {
        let now = Timestamp::now();
        if let Some(build) = self.work.over(user, export, now).await? {
            remove(&*self.files, build).await?;
        }
        self.work.forget(user, export, now).await
    }

    /// Deletes somebody and what is kept of their copies, if that is due and was not taken back. May be done again.
    pub async fn delete_person(&self, user: UserId) -> Result<(), Fault> {
        let now = Timestamp::now();
        for build in self.deletion.due(user, now).await?.unwrap_or_default() {
            remove(&*self.files, build).await?;
        }
        self.deletion.delete(user, now).await.map(drop)
    }

    /// The part that begins at `offset`.
    pub(super) async fn part(&self, build: Uuid, offset: u64) -> Result<Option<Vec<u8>>, Fault> {
        self.files.read(place(build, offset), 0, PART_BYTES).await
    }
}

impl Attempt {
    async fn everything(mut self) -> Result<u64, Stop> {
        let businesses = self.copies.data.businesses(self.user).await?;
        let conversations: usize = businesses.iter().map(|business| business.conversations.len()).sum();
        self.steps = u32::try_from(LISTS.len() + 7 * businesses.len() + conversations).unwrap_or(u32::MAX);
        self.archive.begin("README.txt")?;
        self.archive.write(README.as_bytes()).await?;
        for (name, section) in LISTS {
            self.list(name, section).await?;
        }
        for business in &businesses {
            self.business(business).await?;
        }
        Ok(Box::pin(self.archive.finish()).await?)
    }

    async fn business(&mut self, business: &Business) -> Result<(), Stop> {
        let id = business.id;
        self.list(&format!("notices/{id}.json"), Section::Notices(id)).await?;
        self.list(&format!("devices/{id}.json"), Section::Devices(id)).await?;
        self.list(&format!("drafts/{id}.json"), Section::Drafts(id)).await?;
        self.list(&format!("views/{id}.json"), Section::Views(id)).await?;
        self.list(&format!("audit/{id}.json"), Section::Audit(Some(id))).await?;
        if business.staff {
            self.list(&format!("written/{id}.json"), Section::Written(id)).await?;
        }
        if !business.conversations.is_empty() {
            self.list(&format!("feedback/{id}.json"), Section::Feedback(id)).await?;
        }
        for conversation in &business.conversations {
            self.conversation(business, *conversation).await?;
        }
        self.given(business).await?;
        self.step().await
    }

    /// One thing more is done.
    async fn step(&mut self) -> Result<(), Stop> {
        self.done += 1;
        let going = self.copies.work.progress(self.user, self.build, (self.done, self.steps.max(self.done))).await?;
        if going { Ok(()) } else { Err(Overtaken.into()) }
    }

    /// A part as one list, page by page.
    async fn list(&mut self, name: &str, section: Section) -> Result<(), Stop> {
        self.archive.begin(name)?;
        let (mut items, mut after) = (Items::default(), None);
        self.archive.write(b"[").await?;
        loop {
            let page = self.copies.data.section(self.user, section, after).await?;
            for item in page.items {
                self.archive.write(&items.next(&item)?).await?;
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        self.archive.write(b"\n]\n").await?;
        self.step().await
    }

    /// A conversation as its customer sees it, the newest message first.
    async fn conversation(&mut self, business: &Business, id: ConversationId) -> Result<(), Stop> {
        let names = self.copies.data.names(business.id, id).await?;
        let names: Map<_, _> = names.into_iter().map(|(party, name)| (party, Value::String(name))).collect();
        let (name, names) = (json!(business.name), Value::Object(names));
        let head = format!("{{\"conversation\":\"{id}\",\"business\":{name},\"names\":{names},\"messages\":[");
        self.archive.begin(&format!("conversations/{id}.json"))?;
        self.archive.write(head.as_bytes()).await?;
        let (mut items, mut before) = (Items::default(), None);
        loop {
            let page = self.copies.messages.messages(business.id, id, before, PAGE, Audience::Customer).await?;
            for message in page.messages.iter().rev() {
                self.archive.write(&items.next(&Message::shown(message))?).await?;
            }
            before = page.messages.first().map(|first| first.seq);
            if !page.more || before.is_none() {
                break;
            }
        }
        self.archive.write(b"\n]}\n").await?;
        self.step().await
    }

    /// The files they gave in a business, and a list of them.
    async fn given(&mut self, business: &Business) -> Result<(), Stop> {
        let (mut list, mut after) = (Vec::new(), None);
        loop {
            let files = self.copies.data.files(self.user, business.id, after).await?;
            let Some(newest) = files.last() else { break };
            after = Some(newest.id);
            for file in &files {
                let name = if file.size <= self.room { self.file(business, file).await? } else { None };
                list.push(json!({
                    "id": file.id, "conversation": file.conversation, "name": file.name, "size": file.size,
                    "at": file.at, "file": name,
                }));
            }
        }
        Ok(self.archive.json(&format!("files/{}.json", business.id), &Value::Array(list)).await?)
    }

    /// Answers what it is called in the copy; `None` when its bytes are gone.
    async fn file(&mut self, business: &Business, file: &OwnFile) -> Result<Option<String>, Stop> {
        let place = Place { tenant: business.id, file: file.id, what: What::Whole(Form::Original) };
        let Some(mut bytes) = self.copies.files.read(place, 0, PART_BYTES.min(file.size)).await? else {
            return Ok(None);
        };
        let name = format!("files/{}-{}", file.id, plain(&file.name));
        self.archive.begin(&name)?;
        let mut from = 0;
        while !bytes.is_empty() {
            self.archive.write(&bytes).await?;
            from += bytes.len() as u64;
            let left = PART_BYTES.min(file.size.saturating_sub(from));
            bytes = match left {
                0 => break,
                left => self.copies.files.read(place, from, left).await?.unwrap_or_default(),
            };
        }
        self.room = self.room.saturating_sub(file.size);
        Ok(Some(name))
    }
}

/// A name that every system can unpack.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c }).collect()
}

/// The items of a list, with commas between.
#[derive(Default)]
struct Items {
    begun: bool,
}

impl Items {
    fn next(&mut self, item: &Value) -> Result<Vec<u8>, Fault> {
        let mut bytes = if std::mem::replace(&mut self.begun, true) { b",\n".to_vec() } else { b"\n".to_vec() };
        serde_json::to_writer(&mut bytes, item).map_err(|error| Fault::internal("write a copy", error))?;
        Ok(bytes)
    }
}
