//! Reading a file. It is always offered to be saved and never run: whatever somebody gave, no browser takes it for a page of
//! ours (security 38).

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder, http::StatusCode, web};
use brigade_domain::chat::attachment::{Attachment, Form, Place, What};
use brigade_domain::refusal::{Code, Fault, Refusal};
use futures_util::stream;

use super::links::Link;
use crate::guard::{Limit, Public};
use crate::input::At;
use crate::problem::Answer;
use crate::{App, Routes, routes};

/// So much is read at a time: a slow reader holds no more than this.
const STRETCH: u64 = 256 * 1024;

/// The largest thumbnail that is sent.
const THUMBNAIL: u64 = 4 * 1024 * 1024;

pub(super) fn routes() -> Routes {
    routes![; Limit::Assets => read]
}

/// A file, or the small picture of it, under an address that was signed.
#[utoipa::path(get, path = "/v1/files/{token}", tag = "chat",
    params(("token" = String, Path, description = "From `GET /v1/conversations/{id}/attachments`.")),
    responses((status = 200, description = "The file.", body = Vec<u8>, content_type = "application/octet-stream")))]
async fn read(who: Public, app: App, At(token): At<String>) -> Answer<HttpResponse> {
    let link = Link::read(app.config(), &token).ok_or(Code::NotFound)?;
    if link.until <= who.at().as_second() {
        let text = "This address was good for a while only. Open the conversation again to see the file.";
        return Err(Refusal::new(Code::NotFound, text).into());
    }
    let file = app.chat.uploads.known.kept(link.tenant, link.file).await?.ok_or(Code::NotFound)?;
    let place = Place { tenant: link.tenant, file: link.file, what: What::Whole(link.form) };
    match link.form {
        Form::Original => Ok(original(&app, place, &file)),
        Form::Thumbnail => {
            let bytes = app.chat.uploads.files.read(place, 0, THUMBNAIL).await?.ok_or(Code::NotFound)?;
            Ok(answer(if bytes.starts_with(&[0xff, 0xd8]) { "image/jpeg" } else { "image/webp" }).body(bytes))
        }
    }
}

fn original(app: &App, place: Place, file: &Attachment) -> HttpResponse {
    let (files, size) = (app.chat.uploads.files.clone(), file.size);
    let stretches = stream::try_unfold(0, move |from| {
        let files = files.clone();
        async move {
            if from >= size {
                return Ok(None);
            }
            let bytes = files.read(place, from, STRETCH.min(size - from)).await?.filter(|bytes| !bytes.is_empty());
            let bytes = bytes.ok_or_else(|| Fault::internal("read a file", "it ends before its size"))?;
            let next = from + bytes.len() as u64;
            Ok::<_, Fault>(Some((web::Bytes::from(bytes), next)))
        }
    });
    let mut answer = answer(file.media_type.as_str());
    answer.insert_header((header::CONTENT_DISPOSITION, disposition(file.name.as_str()))).no_chunking(size);
    answer.streaming(Box::pin(stretches))
}

fn answer(media_type: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponseBuilder::new(StatusCode::OK);
    let media_type = HeaderValue::from_str(media_type);
    answer
        .insert_header((
            header::CONTENT_TYPE,
            media_type.unwrap_or(HeaderValue::from_static("application/octet-stream")),
        ))
        // For whoever has the address, as long as it is good.
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=900")));
    answer
}

/// `attachment`, with the name in both forms of RFC 6266.
pub(crate) fn disposition(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_offered_and_never_breaks_out() {
        let offered = |name: &str| disposition(name).to_str().unwrap().to_owned();
        assert_eq!(offered("menu.pdf"), "attachment; filename=\"menu.pdf\"; filename*=UTF-8''menu.pdf");
        assert_eq!(offered("Menü 1.pdf"), "attachment; filename=\"Men_ 1.pdf\"; filename*=UTF-8''Men%C3%BC%201.pdf");
        assert_eq!(
            offered("a\"; x=\"\\.exe"),
            "attachment; filename=\"a_; x=__.exe\"; filename*=UTF-8''a%22%3B%20x%3D%22%5C.exe"
        );
    }
}
