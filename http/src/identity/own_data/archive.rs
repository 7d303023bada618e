//! A ZIP that is kept part by part while it is written: no more than a part of it is in memory.

use std::io::{self, Write};
use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::chat::attachment::{Files, PART_BYTES, Place, What};
use brigade_domain::id::{AttachmentId, TenantId};
use brigade_domain::refusal::Fault;
use parking_lot::Mutex;
use serde_json::Value;
use uuid::Uuid;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// Copies belong to no tenant.
const NOBODY: TenantId = TenantId::from_uuid(Uuid::nil());

/// Where a part of a copy is kept: with the files, under the id of the attempt that made it.
pub(super) const fn place(build: Uuid, offset: u64) -> Place {
    Place { tenant: NOBODY, file: AttachmentId::from_uuid(build), what: What::Part(offset) }
}

/// Takes away what is kept of an attempt.
pub(super) async fn remove(files: &dyn Files, build: Uuid) -> Result<(), Fault> {
    files.remove(NOBODY, AttachmentId::from_uuid(build), false).await
}

/// What was written and is not kept yet. The writer below and its owner share it.
#[derive(Clone, Default)]
struct Waiting(Arc<Mutex<Vec<u8>>>);

impl Write for Waiting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A ZIP on its way.
pub(super) struct Archive {
    zip: ZipWriter<StreamWriter<Waiting>>,
    waiting: Waiting,
    files: Arc<dyn Files>,
    build: Uuid,
    kept: u64,
    options: SimpleFileOptions,
}

impl Archive {
    /// An empty one. What is in it says that it is from `at`.
    pub(super) fn new(files: Arc<dyn Files>, build: Uuid, at: Timestamp) -> Self {
        let waiting = Waiting::default();
        // Fast: most of what is large is pictures, which become no smaller.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .last_modified_time(time_of(at));
        Self { zip: ZipWriter::new_stream(waiting.clone()), waiting, files, build, kept: 0, options }
    }

    /// Begins a file; what is written next is in it.
    pub(super) fn begin(&mut self, name: &str) -> Result<(), Fault> {
        self.zip.start_file(name, self.options).map_err(|error| Fault::internal("begin a file of a copy", error))
    }

    /// Writes into the file that was begun.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.zip.write_all(bytes).map_err(|error| Fault::internal("write a copy", error))?;
        self.keep(PART_BYTES).await
    }

    /// A whole file of JSON, for people to read as well.
    pub(super) async fn json(&mut self, name: &str, value: &Value) -> Result<(), Fault> {
        let text = serde_json::to_string_pretty(value).map_err(|error| Fault::internal("write a copy", error))?;
        self.begin(name)?;
        self.write(text.as_bytes()).await
    }

    /// Ends it; answers how large it is.
    pub(super) async fn finish(mut self) -> Result<u64, Fault> {
        let zip = std::mem::replace(&mut self.zip, ZipWriter::new_stream(Waiting::default()));
        zip.finish().map_err(|error| Fault::internal("finish a copy", error))?;
        self.keep(PART_BYTES).await?;
        self.keep(1).await?;
        Ok(self.kept)
    }

    /// Keeps the parts that are whole, or the last one when `least` is 1.
    async fn keep(&mut self, least: u64) -> Result<(), Fault> {
        loop {
            let part: Vec<u8> = {
                let mut waiting = self.waiting.0.lock();
                let there = waiting.len() as u64;
                if there < least {
                    return Ok(());
                }
                let length = usize::try_from(there.min(PART_BYTES)).unwrap_or(usize::MAX);
                waiting.drain(..length).collect()
            };
            let length = part.len() as u64;
            self.files.put(place(self.build, self.kept), part).await?;
            self.kept += length;
        }
    }
}

fn time_of(at: Timestamp) -> zip::DateTime {
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    zip::DateTime::from_date_and_time(
        u16::try_from(at.year()).unwrap_or(1980),
        small(at.month()),
        small(at.day()),
        small(at.hour()),
        small(at.minute()),
        small(at.second()),
    )
    .unwrap_or_default()
}
