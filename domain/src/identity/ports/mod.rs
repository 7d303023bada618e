//! The traits through which the edges (`http/`, `ws/`, the command line) reach sessions, keys and people. `store/`
//! implements them; one small trait per use. What changes something takes a [`super::Cause`] and writes the audit log
//! in the same transaction; what ends a credential also publishes a [`SessionEvent`].

mod authenticate;
mod deletion;
mod history;
mod invitations;
mod keys;
mod mail;
mod own_data;
mod people;
mod second_factor;
mod sessions;
mod signing;
mod tenants;
mod tokens;
mod wordings;

pub use authenticate::{Authenticated, Authenticator, Credential, SessionEvent, SessionEvents, SessionListener};
pub use deletion::{DELETE, DELETION_SECONDS, DeletionWork, Deletions, Outlook};
pub use history::{HistoryLine, OwnHistory};
pub use invitations::{
    Acceptance, Accepted, INVITATION_SECONDS, Invitation, InvitationFor, Invitations, Invitee, NewInvitation,
    PendingInvitation,
};
pub use keys::{ApiKeys, KeyInfo, NewKey, SiteKeys, SiteTenant, VisitorTokens};
pub use mail::{MailQueue, Mailer, Outbox, SentMail};
pub use own_data::{ExportWork, Exports, OwnData};
pub use people::{AccountPlace, Me, People, PersonRow, Profiles, TenantPlace, Throttle};
pub use second_factor::{FactorState, Finished, PendingSignIn, SecondFactors, SecondSteps};
pub use sessions::{Begun, BrowserSession, DeviceLabel, OwnSession, OwnSessions, ProgramSession, Rotation, Sessions};
pub use signing::{IdentitySecrets, SECRET_OVERLAP, SecretState};
pub use tenants::{AuditLine, AuditTrail, Staff, StaffMember, TenantChange, TenantSettings, TenantView};
pub use tokens::{OneTimeTokens, Purpose, ResetDone};
pub use wordings::{KeptWording, Wordings};
