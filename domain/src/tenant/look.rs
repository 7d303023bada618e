//! How the chat looks on a business's site: its colour, and which side of the page it is on. A colour that people could
//! not make out is refused ([`Look::parse`]); what else is drawn is derived from it ([`Rgb::palette`]), so that nobody
//! can choose a text that cannot be read.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::refusal::{Code, Refusal};

/// What text must have against what it is on (WCAG 2.2, 1.4.3).
pub const TEXT: f64 = 4.5;

/// What a part of the interface must have against the ground it is on (WCAG 2.2, 1.4.11).
pub const PART: f64 = 3.0;

/// A colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rgb([u8; 3]);

const WHITE: Rgb = Rgb([0xff; 3]);
const BLACK: Rgb = Rgb([0; 3]);

/// What the widget draws on in the light and in the dark, the hardest to be seen on of its grounds each, and its text.
/// `web/src/tokens` has the same.
const LIGHT: Ground = Ground { against: WHITE, surface: WHITE, text: Rgb([0x16, 0x1f, 0x1b]) };
const DARK: Ground =
    Ground { against: Rgb([0x1e, 0x29, 0x24]), surface: Rgb([0x16, 0x1f, 0x1b]), text: Rgb([0xe9, 0xef, 0xec]) };

struct Ground {
    against: Rgb,
    surface: Rgb,
    text: Rgb,
}

/// Of 256 parts, how much of another colour is in one under the pointer, and how much of the accent in a soft one.
const SOME: u16 = 38;

/// On which side of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The left.
    Left,
    /// The right.
    #[default]
    Right,
}

/// How the chat looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Its colour; `None`: the usual one.
    pub accent: Option<Rgb>,
    /// Where it is.
    pub side: Side,
}

/// What is drawn with a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Palette {
    /// In the light, with the colour as it was chosen.
    pub light: Shades,
    /// In the dark, with the nearest that can be seen there.
    pub dark: Shades,
}

/// The colours for one ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shades {
    /// Buttons, the head of the chat and what one has written oneself.
    pub accent: Rgb,
    /// The same under the pointer.
    pub hover: Rgb,
    /// Text on both: black or white.
    pub on: Rgb,
    /// A breath of it, under text.
    pub soft: Rgb,
    /// Text on that.
    pub on_soft: Rgb,
}

impl Look {
    /// Reads a look; refused with the field, and where a colour cannot be made out with the nearest that can.
    pub fn parse(accent: Option<&str>, side: Side) -> Result<Self, Refusal> {
        Ok(Self { accent: accent.map(Rgb::accent).transpose()?, side })
    }
}

impl Rgb {
    /// Reads a colour.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let all = digits.chars().all(|digit| digit.is_ascii_hexdigit());
        let channel = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        all.then_some(())?;
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    fn accent(text: &str) -> Result<Self, Refusal> {
        let Some(color) = Self::parse(text.trim()) else {
            return Err(Refusal::invalid("accent", "Write the colour as # and six digits, for example #0b6e4f."));
        };
        let nearest = color.towards(BLACK, LIGHT.against);
        if nearest == color {
            return Ok(color);
        }
        // Rounded down: what is refused is never said to be enough.
        let ratio = (color.contrast(LIGHT.against) * 100.0).floor() / 100.0;
        let text = format!(
            "On white this colour has a contrast of {ratio} to 1, and it takes {PART} to 1 to make it out. {nearest} would do."
        );
        let details = json!({ "field": "accent", "ratio": ratio, "needed": PART, "nearest": nearest });
        Err(Refusal::new(Code::InvalidInput, text).with_details(details))
    }

    /// How different the two are in brightness: 1 to 21 (WCAG 2.2).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// With `parts` of 256 of another colour in it.
    fn mixed(self, other: Self, parts: u16) -> Self {
        let mut mixed = self;
        for (channel, with) in mixed.0.iter_mut().zip(other.0) {
            let sum = u32::from(*channel) * u32::from(256 - parts) + u32::from(with) * u32::from(parts) + 128;
            *channel = u8::try_from(sum / 256).unwrap_or(u8::MAX);
        }
        mixed
    }

    /// The first on the way to `end` that can be made out on `ground`.
    fn towards(self, end: Self, ground: Self) -> Self {
        (0..=256).map(|parts| self.mixed(end, parts)).find(|color| color.contrast(ground) >= PART).unwrap_or(end)
    }

    /// What is drawn with it.
    pub fn palette(self) -> Palette {
        Palette {
            light: self.towards(BLACK, LIGHT.against).shades(&LIGHT),
            dark: self.towards(WHITE, DARK.against).shades(&DARK),
        }
    }

    fn shades(self, ground: &Ground) -> Shades {
        let (on, away) = if self.contrast(WHITE) >= self.contrast(BLACK) { (WHITE, BLACK) } else { (BLACK, WHITE) };
        // Away from its text, which reads the better for it, unless it were lost on the ground.
        let moved = self.mixed(away, SOME);
        let hover = if moved.contrast(ground.against) >= PART { moved } else { self };
        Shades { accent: self, hover, on, soft: ground.surface.mixed(self, SOME), on_soft: ground.text }
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl From<Rgb> for String {
    fn from(color: Rgb) -> Self {
        color.to_string()
    }
}

impl TryFrom<String> for Rgb {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a colour is # and six digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// What `web/src/pages/settings/look` works out for the preview is held to the same.
    const CASES: &str = include_str!("look.cases.json");

    fn colors() -> impl Strategy<Value = Rgb> {
        any::<[u8; 3]>().prop_map(Rgb)
    }

    #[test]
    fn a_colour_is_six_digits_and_can_be_made_out() {
        assert_eq!(Look::parse(None, Side::Right).unwrap(), Look::default());
        let look = Look::parse(Some(" #0B6E4F "), Side::Left).unwrap();
        assert_eq!(serde_json::to_value(look).unwrap(), json!({ "accent": "#0b6e4f", "side": "left" }));
        assert_eq!(serde_json::from_value::<Look>(serde_json::to_value(look).unwrap()).unwrap(), look);
        for wrong in ["", "green", "0b6e4f", "#0b6", "#0b6e4f80", "#+b6e4f", "#0b6e4ü"] {
            assert_eq!(
                Look::parse(Some(wrong), Side::Right).unwrap_err().details.unwrap(),
                json!({ "field": "accent" })
            );
        }
    }

    #[test]
    fn what_is_derived_is_what_the_settings_show() {
        let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
        let now: Vec<Value> = cases
            .iter()
            .map(|case| {
                let color = Rgb::parse(case["accent"].as_str().unwrap()).unwrap();
                let refused = Rgb::accent(&color.to_string()).err().and_then(|refusal| refusal.details);
                json!({ "accent": color, "refused": refused, "palette": color.palette() })
            })
            .collect();
        assert_eq!(now, cases, "{}", serde_json::to_string_pretty(&now).unwrap());
    }

    proptest! {
        #[test]
        fn whatever_is_chosen_can_be_seen_and_read(color in colors()) {
            let accepted = Look::parse(Some(&color.to_string()), Side::Right);
            prop_assert_eq!(accepted.is_ok(), color.contrast(WHITE) >= PART);
            if let Err(refusal) = accepted {
                let details = refusal.details.unwrap();
                prop_assert!(details["ratio"].as_f64().unwrap() < PART);
                let nearest = details["nearest"].as_str().unwrap();
                prop_assert!(Look::parse(Some(nearest), Side::Right).is_ok(), "{nearest} is offered and refused");
                // A step less would not have done, and it is the colour that was meant, only darker.
                prop_assert!(Rgb::parse(nearest).unwrap().contrast(WHITE) < 3.1);
            }
            let Palette { light, dark } = color.palette();
            prop_assert!(light.accent == color || color.contrast(WHITE) < PART);
            prop_assert!(dark.accent == color || color.contrast(DARK.against) < PART);
            for (shades, ground) in [(light, LIGHT), (dark, DARK)] {
                for part in [shades.accent, shades.hover] {
                    prop_assert!(part.contrast(ground.against) >= PART, "{part} on {}", ground.against);
                    prop_assert!(part.contrast(ground.surface) >= PART, "{part} on {}", ground.surface);
                    prop_assert!(part.contrast(shades.on) >= TEXT, "{} on {part}", shades.on);
                }
                prop_assert!(shades.soft.contrast(shades.on_soft) >= TEXT, "{} on {}", shades.on_soft, shades.soft);
            }
        }

        #[test]
        fn contrast_has_no_order_and_is_between_1_and_21(one in colors(), other in colors()) {
            let contrast = one.contrast(other);
            prop_assert!((1.0..=21.0).contains(&contrast));
            prop_assert!((contrast - other.contrast(one)).abs() < 1e-12);
        }
    }
}
