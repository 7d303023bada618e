//! How a letter looks, as text and as simple HTML.

use super::{Line, Parts};
use crate::language::Language;

/// A letter's page: what is inside is HTML already, the title is not.
pub(crate) fn page(language: Language, title: &str, width: u16, inside: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
         <body style=\"margin:0;padding:24px;font:16px/1.5 sans-serif;color:#1c2420\">\
         <div style=\"max-width:{width}px;margin:0 auto\">{inside}</div></body></html>",
        language.tag(),
        escape(title)
    )
}

/// A paragraph with the lines it has; what a business words itself may be in any script.
pub(crate) fn paragraph(text: &str) -> String {
    format!(
        "<p style=\"margin:0 0 16px;overflow-wrap:anywhere\" dir=\"auto\">{}</p>",
        escape(text).replace('\n', "<br>")
    )
}

/// Without what would begin another line, as a header must be.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// As HTML says it.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

pub(super) fn text(parts: &Parts<'_>) -> String {
    let button = parts.button.map(|(label, link)| format!("\n{label}:\n{link}\n")).unwrap_or_default();
    let line = |line: &Line| format!("\n- {}\n  {}\n", one_line(&line.text), line.link);
    let lines = parts.lines.iter().map(line).collect::<Vec<_>>().concat();
    let hello = parts.name.map(|name| format!("Hello {name},\n\n")).unwrap_or_default();
    format!("{hello}{}\n{lines}{button}\n{}\n", parts.paragraphs.join("\n\n"), parts.ending)
}

pub(super) fn html(parts: &Parts<'_>) -> String {
    let mut body = parts.name.map(|name| paragraph(&format!("Hello {name},"))).unwrap_or_default();
    body.extend(parts.paragraphs.iter().map(|text| paragraph(text)));
    if !parts.lines.is_empty() {
        let line = |line: &Line| {
            format!(
                "<li style=\"margin:0 0 8px\"><a href=\"{}\" style=\"color:#1f5f4a\">{}</a></li>",
                escape(&line.link),
                escape(&line.text)
            )
        };
        body.push_str("<ul style=\"margin:0 0 16px;padding:0 0 0 20px\">");
        body.extend(parts.lines.iter().map(line));
        body.push_str("</ul>");
    }
    body.extend(parts.button.map(|(label, link)| {
        format!(
            "<p style=\"margin:24px 0\"><a href=\"{}\" style=\"display:inline-block;padding:12px 20px;border-radius:8px;\
             background:#1f5f4a;color:#ffffff;text-decoration:none\">{}</a></p>",
            escape(link),
            escape(label)
        )
    }));
    let ending = format!("<p style=\"margin:0;color:#5b6660\">{}</p>", escape(&parts.ending));
    page(Language::En, &parts.subject, 520, &(body + &ending))
}
