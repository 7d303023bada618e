//! Small pictures of pictures.

use std::io::Cursor;

use brigade_domain::chat::attachment::{Pixels, THUMBNAIL_PIXELS};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits};

/// The most a picture may need in memory when it is unpacked. One that needs more is a file like any other: a small
/// file can unpack to almost anything.
const MAX_UNPACKED: u64 = 256 * 1024 * 1024;

/// How well the small picture looks, of 100.
const QUALITY: u8 = 82;

/// How large the picture is and a small one of it: JPEG, or WebP when it can be seen through. `None` when it is none that
/// browsers show, or when it does not unpack.
pub(super) fn small(media_type: &str, bytes: &[u8]) -> Option<(Pixels, Vec<u8>)> {
    let format = match media_type {
        "image/png" => ImageFormat::Png,
        "image/jpeg" => ImageFormat::Jpeg,
        "image/gif" => ImageFormat::Gif,
        "image/webp" => ImageFormat::WebP,
        _ => return None,
    };
    unpack(format, bytes)
        .and_then(|picture| {
            let pixels = Pixels { width: picture.width(), height: picture.height() };
            Ok((pixels, pack(&shrink(&picture))?))
        })
        .inspect_err(|error| tracing::debug!(%error, "a picture does not unpack"))
        .ok()
}

/// As it is to be looked at: turned the way the camera was held.
fn unpack(format: ImageFormat, bytes: &[u8]) -> image::ImageResult<DynamicImage> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_UNPACKED);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn shrink(picture: &DynamicImage) -> DynamicImage {
    let fits = picture.width() <= THUMBNAIL_PIXELS && picture.height() <= THUMBNAIL_PIXELS;
    if fits { picture.clone() } else { picture.thumbnail(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS) }
}

fn pack(picture: &DynamicImage) -> image::ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    if picture.color().has_alpha() {
        picture.to_rgba8().write_with_encoder(WebPEncoder::new_lossless(&mut bytes))?;
    } else {
        picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, RgbaImage};

    use super::*;

    fn packed(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.into().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn size_of(bytes: &[u8]) -> (u32, u32) {
        let picture = image::load_from_memory(bytes).unwrap();
        (picture.width(), picture.height())
    }

    #[test]
    fn a_picture_is_shown_small() {
        let large = packed(RgbImage::from_pixel(1_000, 250, Rgb([200, 30, 30])), ImageFormat::Png);
        let (pixels, thumbnail) = small("image/png", &large).unwrap();
        assert_eq!((pixels, size_of(&thumbnail)), (Pixels { width: 1_000, height: 250 }, (480, 120)));
        assert!(thumbnail.starts_with(&[0xff, 0xd8]));

        let icon = packed(RgbaImage::new(16, 16), ImageFormat::WebP);
        let (pixels, thumbnail) = small("image/webp", &icon).unwrap();
        assert_eq!((pixels.width, size_of(&thumbnail)), (16, (16, 16)));
        assert!(thumbnail.starts_with(b"RIFF"));
    }

    #[test]
    fn what_the_camera_turned_is_turned_back() {
        // Exif with orientation 6: held upright, stored lying.
        let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut jpeg = packed(RgbImage::new(40, 20), ImageFormat::Jpeg);
        jpeg.splice(2..2, exif.iter().copied());
        let (pixels, thumbnail) = small("image/jpeg", &jpeg).unwrap();
        assert_eq!((pixels, size_of(&thumbnail)), (Pixels { width: 20, height: 40 }, (20, 40)));
    }

    #[test]
    fn what_does_not_unpack_or_unpacks_to_too_much_is_a_file_like_any_other() {
        let png = packed(RgbImage::new(100, 100), ImageFormat::Png);
        assert_eq!(small("image/png", &png[..60]), None);
        // 30,000 × 30,000 in the header: 2.7 GB.
        let mut bomb = png;
        bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        assert_eq!(small("image/png", &bomb), None);
        assert_eq!(small("image/svg+xml", b"<svg/>"), None);
    }
}
