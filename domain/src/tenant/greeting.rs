//! What the site chat says first: with somebody there and with nobody, and on some pages something else.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::chat::text::PageUrl;
use crate::refusal::Refusal;
use crate::text::{paragraph, text_type};

/// The most pages that are greeted differently.
pub const MAX_PAGES: usize = 20;

/// What the site chat says first. Empty: nothing of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    online: Arc<str>,
    offline: Arc<str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pages: Vec<PageGreeting>,
}

/// What it says on some pages instead. Empty: what it says everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PageGreeting {
    path: PagePath,
    online: Arc<str>,
    offline: Arc<str>,
}

/// The same before it is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageTexts {
    /// Which pages: see [`PagePath`].
    pub path: String,
    /// With somebody there.
    pub online: String,
    /// With nobody there.
    pub offline: String,
}

/// Which pages of a site: `/menu` is that page alone, `/menu*` also what begins with it, such as `/menu/autumn`. At most
/// 200 characters as an address has them, which is without spaces and with `%C3%A9` for an é.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PagePath(Arc<str>);
text_type!(PagePath);

impl PagePath {
    /// The most characters.
    pub const MAX: usize = 200;

    fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let plain = |c: u8| c.is_ascii_graphic() && !matches!(c, b'?' | b'#' | b'*');
        let valid = text.starts_with('/')
            && text.len() <= Self::MAX
            && text.strip_suffix('*').unwrap_or(text).bytes().all(plain);
        if valid {
            Ok(Self(text.into()))
        } else {
            let expected = "A page begins with / and is written as in the address bar, without what follows ? or #. A * at \
                            the end is for everything that begins so. At most 200 characters.";
            Err(Refusal::invalid(field, expected))
        }
    }

    /// How closely it names this path; `None` when it is another one. A page by its whole name is named more closely than
    /// by any beginning, and by a longer beginning more closely than by a shorter one.
    fn closeness(&self, path: &str) -> Option<(bool, usize)> {
        match self.0.strip_suffix('*') {
            Some(beginning) => path.starts_with(beginning).then_some((false, beginning.len())),
            None => (self.0.trim_end_matches('/') == path.trim_end_matches('/')).then_some((true, self.0.len())),
        }
    }
}

impl Greeting {
    /// The most characters of each text.
    pub const MAX: usize = 500;

    /// Reads the texts for all pages and those for some.
    pub fn parse(online: &str, offline: &str, pages: &[PageTexts]) -> Result<Self, Refusal> {
        let read = |field: &str, text| paragraph(field, text, 0, Self::MAX);
        if pages.len() > MAX_PAGES {
            return Err(Refusal::invalid(
                "pages",
                format!("There are at most {MAX_PAGES} pages with their own greeting."),
            ));
        }
        let mut greeting =
            Self { online: read("online", online)?, offline: read("offline", offline)?, pages: Vec::new() };
        for (at, page) in pages.iter().enumerate() {
            let field = |name: &str| format!("pages.{at}.{name}");
            let path = PagePath::parse(&field("path"), &page.path)?;
            if greeting.pages.iter().any(|other| other.path == path) {
                return Err(Refusal::invalid(&field("path"), "This page is there already."));
            }
            let (online, offline) = (read(&field("online"), &page.online)?, read(&field("offline"), &page.offline)?);
            if online.is_empty() && offline.is_empty() {
                return Err(Refusal::invalid(&field("online"), "Say something on this page, or take it out."));
            }
            greeting.pages.push(PageGreeting { path, online, offline });
        }
        Ok(greeting)
    }

    /// What is said on this page, as far as it is known, with somebody there or with nobody. Empty: nothing of its own.
    pub fn on(&self, page: Option<&PageUrl>, somebody: bool) -> &str {
        let path = page.map(PageUrl::path);
        let closest = self
            .pages
            .iter()
            .filter_map(|each| Some((each.path.closeness(path?)?, if somebody { &each.online } else { &each.offline })))
            .filter(|(_, text)| !text.is_empty())
            .max_by_key(|(closeness, _)| *closeness);
        let everywhere = if somebody { &self.online } else { &self.offline };
        closest.map_or(everywhere, |(_, text)| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, online: &str, offline: &str) -> PageTexts {
        PageTexts { path: path.into(), online: online.into(), offline: offline.into() }
    }

    fn said(greeting: &Greeting, page: &str) -> String {
        let page = PageUrl::parse(page).unwrap();
        format!("{}/{}", greeting.on(Some(&page), true), greeting.on(Some(&page), false))
    }

    #[test]
    fn a_greeting_may_be_empty_and_is_bounded() {
        assert_eq!(Greeting::parse(" ", "", &[]).unwrap(), Greeting::default());
        assert!(Greeting::parse("", &"é".repeat(500), &[]).is_ok());
        assert!(Greeting::parse(&"é".repeat(501), "", &[]).is_err());
        assert!(Greeting::parse("a\u{7}", "", &[]).is_err());
        let many: Vec<_> = (0..=MAX_PAGES).map(|n| page(&format!("/{n}"), "Hi", "")).collect();
        assert!(Greeting::parse("", "", &many[1..]).is_ok());
        assert!(Greeting::parse("", "", &many).is_err());
    }

    #[test]
    fn the_page_that_is_named_most_closely_counts() {
        let pages = [
            page("/weddings*", "Beginning", "Away"),
            page("/weddings/halls/*", "Halls", ""),
            page("/weddings", "Page", ""),
        ];
        let greeting = Greeting::parse("On", "Off", &pages).unwrap();
        for (address, expected) in [
            ("https://a.example", "On/Off"),
            ("https://a.example/", "On/Off"),
            ("https://a.example/menu/weddings", "On/Off"),
            ("https://a.example/weddings", "Page/Away"),
            ("https://a.example/weddings/?from=mail#top", "Page/Away"),
            ("https://a.example/weddings-in-june", "Beginning/Away"),
            ("https://a.example/weddings/halls/1", "Halls/Away"),
            ("https://a.example?at=/weddings", "On/Off"),
        ] {
            assert_eq!(said(&greeting, address), expected, "{address}");
        }
        assert_eq!(greeting.on(None, true), "On");
    }

    #[test]
    fn what_is_no_page_is_refused_where_it_is() {
        for path in ["", "menu", "/me nu", "/a*b", "/a?b", "/a#b", "/caf\u{e9}", &format!("/{}", "a".repeat(200))] {
            let refusal = Greeting::parse("", "", &[page("/a", "Hi", ""), page(path, "Hi", "")]).unwrap_err();
            assert_eq!(refusal.details.unwrap()["field"], "pages.1.path", "{path:?}");
        }
        let twice = Greeting::parse("", "", &[page("/a", "Hi", ""), page("/a", "Ho", "")]).unwrap_err();
        assert_eq!(twice.details.unwrap()["field"], "pages.1.path");
        let silent = Greeting::parse("", "", &[page("/a", "", " ")]).unwrap_err();
        assert_eq!(silent.details.unwrap()["field"], "pages.0.online");
    }

    #[test]
    fn what_was_kept_before_there_were_pages_is_read() {
        let before: Greeting = serde_json::from_str(r#"{"online":"Hi","offline":""}"#).unwrap();
        assert_eq!(before, Greeting::parse("Hi", "", &[]).unwrap());
        assert_eq!(serde_json::to_string(&before).unwrap(), r#"{"online":"Hi","offline":""}"#);
    }
}
