//! QR codes, as what a page needs to draw one: no picture, no markup.

use std::fmt::Write as _;

use brigade_domain::refusal::Fault;
use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;
use utoipa::ToSchema;

/// A QR code.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QrView {
    /// How many squares it is wide and high. Around it belong four more that are empty.
    size: usize,
    /// Its dark squares, each of side 1: the `d` of an SVG path.
    path: String,
}

/// Draws `text`.
pub(super) fn draw(text: &str) -> Result<QrView, Fault> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M)
        .map_err(|error| Fault::internal("draw a QR code", error.to_string()))?;
    let size = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(size).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                // Writing into a text does not fail.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z", length = run.len());
            }
            x += run.len();
        }
    }
    Ok(QrView { size, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_corners_are_where_cameras_look_for_them() {
        let code = draw("otpauth://totp/Brigade:maya@example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        assert!(code.path.starts_with("M0 0h7v1h-7z"), "{}", code.path);
        assert!(code.path.contains(&format!("M{} 0h7v1h-7z", code.size - 7)));
        assert!(code.path.contains(&format!("M0 {}h7v1h-7z", code.size - 1)));
    }

    #[test]
    fn the_longest_names_fit() {
        assert!(draw(&"%F0%9F%99%82".repeat(90)).is_ok());
        assert!(draw(&"x".repeat(3_000)).is_err());
    }
}
