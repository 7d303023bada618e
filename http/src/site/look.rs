//! How the chat looks on a business's site, as a style sheet: the loader's button and the chat's frame take it before they
//! show anything, so that nobody sees the usual colours first, and the page around them needs neither a request nor a word.

use std::borrow::Cow;
use std::fmt::Write as _;

use actix_web::{HttpRequest, HttpResponse};
use brigade_domain::tenant::look::{Look, Palette, Shades, Side};
use serde::Deserialize;

use super::config::tenant_now;
use crate::App;
use crate::guard::{ForOtherSites, Public};
use crate::input::Params;
use crate::pages::{Keep, StaticFile, answer};
use crate::problem::Answer;

/// Whose it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    key: String,
}

/// The style sheet of the business with this public key, which is in no header: the sheet is linked to.
pub(crate) async fn style(
    _who: Public,
    request: HttpRequest,
    Params(asked): Params<Asked>,
    app: App,
) -> Answer<HttpResponse> {
    let site = app.gate.site_keys.resolve(asked.key).await?;
    let look = tenant_now(&app, site.tenant).await?.look;
    let etag = format!("{}-{:?}", look.accent.map(|accent| accent.to_string()).unwrap_or_default(), look.side);
    let sheet = StaticFile { content: Cow::Owned(written(look).into_bytes()), etag };
    let mut response = answer(request.headers(), "look.css", sheet, None, Keep::Minutes);
    response.extensions_mut().insert(ForOtherSites);
    Ok(response)
}

/// `[data-brigade]` is the chat's frame, which has our tokens; `#brigade-chat` is the button on the page of the site, which has
/// none, and of which nothing else is touched.
/// `web/src/pages/settings/look` shows the same before it is saved. The usual look is an empty sheet.
fn written(look: Look) -> String {
    let mut sheet = String::new();
    if let Some(accent) = look.accent {
        let Palette { light, dark } = accent.palette();
        let both = |of: fn(&Shades) -> String| format!("light-dark({},{})", of(&light), of(&dark));
        let (accent, on) = (both(|shades| shades.accent.to_string()), both(|shades| shades.on.to_string()));
        let (hover, soft) = (both(|shades| shades.hover.to_string()), both(|shades| shades.soft.to_string()));
        let on_soft = both(|shades| shades.on_soft.to_string());
        let _ = write!(
            sheet,
            "[data-brigade]:root{{--color-accent:{accent};--color-accent-hover:{hover};--color-on-accent:{on};--color-own:{accent};\
             --color-on-own:{on};--color-on-own-soft:{on};--color-accent-soft:{soft};--color-on-accent-soft:{on_soft};\
             --color-link:var(--color-text)}}{}@media(prefers-color-scheme:dark){{{}}}",
            button(&light),
            button(&dark)
        );
    }
    if look.side == Side::Left {
        sheet
            .push_str("#brigade-chat{--local-brigade-left:24px;--local-brigade-right:auto;--local-brigade-side:start}");
    }
    sheet
}

fn button(Shades { accent, hover, on, .. }: &Shades) -> String {
    format!("#brigade-chat{{--local-brigade-accent:{accent};--local-brigade-hover:{hover};--local-brigade-on:{on}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_look_is_an_empty_sheet_and_a_colour_is_in_both_lights() {
        assert_eq!(written(Look::default()), "");
        let left = written(Look::parse(None, Side::Left).unwrap());
        assert!(left.starts_with("#brigade-chat{") && !left.contains("accent"), "{left}");
        let navy = written(Look::parse(Some("#1a2b5c"), Side::Right).unwrap());
        assert!(navy.contains("--color-accent:light-dark(#1a2b5c,#"), "{navy}");
        assert!(navy.contains("#brigade-chat{--local-brigade-accent:#1a2b5c;"), "{navy}");
        assert!(!navy.contains("brigade-left"), "{navy}");
        assert_eq!(navy.matches('{').count(), navy.matches('}').count());
    }
}
