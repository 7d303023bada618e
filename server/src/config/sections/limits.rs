//! Bounds.

use std::time::Duration;

use crate::config::section::section;

section! {
    /// Bounds that keep one client from harming the others. The defaults are those of docs/PROTOCOL.md.
    Limits = "limits" {
        /// Requests a minute of one signed-in person, key or visitor.
        requests_per_minute: u32 = Bare "100";
        /// Requests a minute of all people and keys of one tenant together.
        tenant_requests_per_minute: u32 = Bare "30000";
        /// Requests a minute from one address that nobody has signed (IPv6: from one /64).
        anonymous_requests_per_minute: u32 = Bare "100";
        /// Searches a minute of one signed-in person or key.
        searches_per_minute: u32 = Bare "200";
        /// Parts of files (1 MiB each) a minute of one signed-in person or key.
        upload_parts_per_minute: u32 = Bare "300";
        /// Parts of files a minute of all site visitors at one address.
        visitor_upload_parts_per_minute: u32 = Bare "60";
        /// Site chats a minute that one address may start.
        site_chats_per_minute: u32 = Bare "10";
        /// Attempts a minute to sign in, from one address and for one account each.
        sign_ins_per_minute: u32 = Bare "5";
        /// Failed attempts to sign in within 15 minutes, from one address and for one account each.
        failed_sign_ins: u32 = Bare "5";
        /// The largest frame of the live protocol, in bytes.
        frame_bytes: usize = Bare "65536";
        /// Commands a minute a signed-in session may send.
        commands_per_minute: u32 = Bare "600";
        /// Commands a minute a site visitor may send.
        visitor_commands_per_minute: u32 = Bare "30";
        /// Commands a minute that all live sessions of one tenant together may send to this node.
        tenant_commands_per_minute: u32 = Bare "60000";
        /// Topics a session may be subscribed to.
        topics_per_session: usize = Bare "200";
        /// Live sessions of one person.
        sessions_per_person: usize = Bare "20";
        /// Live sessions from one address.
        sessions_per_address: usize = Bare "50";
        /// Bytes that may wait for a slow reader before it is closed.
        outbound_bytes: usize = Bare "1048576";
        /// Commands that may wait at one entity; above that OVERLOADED.
        mailbox: usize = Bare "512";
        /// How long a command may wait for its turn at an entity; above that it is not done and OVERLOADED.
        patience: Duration = Text "800ms";
        /// After how long an entity that nobody uses leaves memory.
        entity_idle: Duration = Text "60s";
    }
}
