//! Log lines.

use crate::config::section::section;
use crate::config::value::choice;

choice! {
    /// How much is logged.
    Level {
        /// Only what broke.
        Error = "error",
        /// And what may break.
        Warn = "warn",
        /// And what happens.
        Info = "info",
        /// And how.
        Debug = "debug",
        /// And every step.
        Trace = "trace",
    }
}

choice! {
    /// How a line looks.
    Format {
        /// `pretty` on a terminal, `json` elsewhere.
        Auto = "auto",
        /// One JSON object a line.
        Json = "json",
        /// For people.
        Pretty = "pretty",
    }
}

section! {
    /// Log lines go to standard error, without personal data.
    Log = "log" {
        /// error, warn, info, debug or trace.
        level: Level = Text "info";
        /// auto (pretty on a terminal, json elsewhere), json or pretty.
        format: Format = Text "auto";
        /// Finer levels by module, such as `brigade_store=debug`, in the notation of tracing's `EnvFilter`.
        filter: Option<String> = Text "";
    }
}
