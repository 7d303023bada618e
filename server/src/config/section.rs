//! The form of a section: a struct whose fields are keys with their documentation and defaults.

/// One key, as documented.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// `section.name`.
    pub path: &'static str,
    /// The lines of its documentation.
    pub doc: &'static [&'static str],
    /// Its default as text; empty: nothing.
    pub default: &'static str,
    /// A well-known environment variable beside `BRIGADE_SECTION_NAME`.
    pub alias: Option<&'static str>,
    /// Whether the value is written as a list in TOML.
    pub form: Form,
}

/// How a value is written in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `"text"`
    Text,
    /// `5` or `true`
    Bare,
    /// `["a", "b"]`
    List,
}

impl Key {
    /// The name without the section.
    pub fn name(&self) -> &'static str {
        self.path.split_once('.').map_or(self.path, |(_, name)| name)
    }

    /// The environment variable: `BRIGADE_SERVER_LISTEN`.
    pub fn variable(&self) -> String {
        format!("BRIGADE_{}", self.path.replace('.', "_").to_ascii_uppercase())
    }
}

/// A section's name, documentation and keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static [&'static str],
    pub(crate) keys: &'static [Key],
}

/// Declares a section: a struct with one field per key, its [`Section`] and how it is read.
macro_rules! section {
    (
        $(#[doc = $section_doc:literal])+
        $name:ident = $section:literal {
            $($(#[doc = $doc:literal])+ $field:ident: $ty:ty = $form:ident $default:literal $(, alias $alias:literal)?;)*
        }
    ) => {
        $(#[doc = $section_doc])+
        #[derive(Debug, Clone)]
        pub struct $name { $($(#[doc = $doc])+ pub $field: $ty,)* }

        impl $name {
            pub(crate) const SECTION: $crate::config::section::Section = $crate::config::section::Section {
                name: $section,
                doc: &[$($section_doc),+],
                keys: &[$($crate::config::section::Key {
                    path: concat!($section, ".", stringify!($field)),
                    doc: &[$($doc),+],
                    default: $default,
                    alias: section!(@alias $($alias)?),
                    form: $crate::config::section::Form::$form,
                }),*],
            };

            pub(crate) fn read(layers: &mut $crate::config::layers::Layers) -> Self {
                let mut keys = Self::SECTION.keys.iter();
                $(let $field: $ty = layers.take(keys.next());)*
                Self { $($field),* }
            }
        }
    };
    (@alias) => { None };
    (@alias $alias:literal) => { Some($alias) };
}
pub(crate) use section;
