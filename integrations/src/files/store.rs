//! Bytes in a folder or in a bucket, through one interface.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use brigade_domain::chat::attachment::{Files, Place};
use brigade_domain::id::{AttachmentId, TenantId};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::Fault;
use futures_util::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _};

use super::bucket::{Bucket, InvalidBucket};

/// A folder that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("files cannot be kept in {}: {reason}", folder.display())]
pub struct InvalidFolder {
    /// Which.
    pub folder: PathBuf,
    /// Why.
    pub reason: String,
}

/// Where bytes are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub struct FileStore(Arc<dyn ObjectStore>);

impl FileStore {
    /// Keeps them in `folder`, which is made when it is not there, for its owner only. What was put is on the disk, not in a
    /// cache.
    pub fn folder(folder: &Path) -> Result<Self, InvalidFolder> {
        let invalid = |reason: String| InvalidFolder { folder: folder.to_owned(), reason };
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| invalid(error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| invalid(error.to_string()))?;
        Ok(Self(Arc::new(store.with_fsync(true).with_automatic_cleanup(true))))
    }

    /// Keeps them in a bucket, which is there already. It is not asked for anything here: it may be away for a while.
    pub fn bucket(bucket: &Bucket) -> Result<Self, InvalidBucket> {
        bucket.open().map(Self)
    }
}

impl Files for FileStore {
    fn put(&self, place: Place, bytes: Vec<u8>) -> BoxFuture<'static, Result<(), Fault>> {
        let store = Arc::clone(&self.0);
        Box::pin(async move { store.put(&key(place), bytes.into()).await.map(drop).map_err(away) })
    }

    fn read(&self, place: Place, from: u64, length: u64) -> BoxFuture<'static, Result<Option<Vec<u8>>, Fault>> {
        let store = Arc::clone(&self.0);
        Box::pin(async move {
            match store.get_range(&key(place), from..from.saturating_add(length)).await {
                Ok(bytes) => Ok(Some(bytes.into())),
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(away(error)),
            }
        })
    }

    fn remove(&self, tenant: TenantId, file: AttachmentId, parts_only: bool) -> BoxFuture<'static, Result<(), Fault>> {
        let store = Arc::clone(&self.0);
        Box::pin(async move {
            let folder = Key::from(format!("{tenant}/{file}"));
            let kept: Vec<_> = store.list(Some(&folder)).try_collect().await.map_err(away)?;
            for object in kept {
                let is_part = object.location.filename().is_some_and(|name| name.starts_with("part-"));
                if is_part || !parts_only {
                    match store.delete(&object.location).await {
                        // Somebody else takes it away too.
                        Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                        Err(error) => return Err(away(error)),
                    }
                }
            }
            Ok(())
        })
    }
}

fn key(place: Place) -> Key {
    Key::from(place.to_string())
}

fn away(error: object_store::Error) -> Fault {
    Fault::unavailable("where files are kept", error)
}

#[cfg(test)]
mod tests {
    use brigade_domain::chat::attachment::{Form, What};

    use super::*;

    fn place(tenant: u128, file: u128, what: What) -> Place {
        let id = uuid::Uuid::from_u128;
        Place { tenant: TenantId::from_uuid(id(tenant)), file: AttachmentId::from_uuid(id(file)), what }
    }

    #[tokio::test]
    async fn what_was_put_is_there_and_what_was_removed_is_not() {
        let folder = std::env::temp_dir().join(format!("brigade-files-{}", uuid::Uuid::now_v7()));
        let files = FileStore::folder(&folder).unwrap();
        let whole = place(1, 1, What::Whole(Form::Original));
        assert_eq!(files.read(whole, 0, 100).await.unwrap(), None);
        for (at, what) in
            [(1, What::Part(0)), (1, What::Part(1_048_576)), (1, What::Whole(Form::Original)), (2, What::Part(0))]
        {
            files.put(place(at, 1, what), vec![7; 3]).await.unwrap();
        }
        files.put(whole, b"again".to_vec()).await.unwrap();

        files.remove(whole.tenant, whole.file, true).await.unwrap();
        assert_eq!(files.read(place(1, 1, What::Part(0)), 0, 100).await.unwrap(), None);
        assert_eq!(files.read(whole, 0, 100).await.unwrap().as_deref(), Some(b"again".as_slice()));
        assert_eq!(files.read(whole, 2, 2).await.unwrap().as_deref(), Some(b"ai".as_slice()));
        files.remove(whole.tenant, whole.file, false).await.unwrap();
        files.remove(whole.tenant, whole.file, false).await.unwrap();
        assert_eq!(files.read(whole, 0, 100).await.unwrap(), None);
        // The same file of another tenant is another file.
        assert!(files.read(place(2, 1, What::Part(0)), 0, 100).await.unwrap().is_some());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_folder_that_is_a_file_is_refused_by_name() {
        let file = std::env::temp_dir().join(format!("brigade-file-{}", uuid::Uuid::now_v7()));
        std::fs::write(&file, "x").unwrap();
        let error = FileStore::folder(&file).unwrap_err().to_string();
        assert!(error.contains(&file.display().to_string()), "{error}");
        std::fs::remove_file(file).unwrap();
    }
}
