//! Who works for a tenant.

use brigade_domain::Timestamp;
use brigade_domain::actor::Role;
use brigade_domain::id::{InvitationId, UserId};
use brigade_domain::identity::ports::InvitationFor;
use brigade_domain::text::{DisplayName, Email};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::invitations::{send, staff_role};
use crate::envelope::{Data, Done};
use crate::guard::{AdminPerson, StaffOrSupport};
use crate::input::{At, Body};
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![list, invite, withdraw, set_role, remove, reset_second_factor]
}

/// A member of the staff.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberView {
    #[schema(value_type = String)]
    id: UserId,
    name: String,
    email: String,
    /// `account_manager` or `admin`.
    #[schema(value_type = String)]
    role: Role,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Whether they use two-step sign-in.
    second_factor: bool,
}

/// Somebody who was invited and has not answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PendingView {
    #[schema(value_type = String)]
    id: InvitationId,
    name: String,
    email: String,
    /// `account_manager` or `admin`.
    #[schema(value_type = String)]
    role: Role,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// The staff and who was invited to it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StaffView {
    members: Vec<MemberView>,
    invited: Vec<PendingView>,
}

/// Everybody who works for my tenant.
#[utoipa::path(get, path = "/v1/tenant/staff", tag = "tenant", responses((status = 200, body = StaffView)))]
async fn list(who: StaffOrSupport, app: App) -> Answer<Data<StaffView>> {
    let members = app.identity.staff.list(who.tenant()).await?;
    // Whom a business has asked and who has not answered is no concern of support's.
    let invited = if who.actor().is_staff_of(who.tenant()) {
        app.identity.invitations.pending_staff(who.tenant(), who.at()).await?
    } else {
        Vec::new()
    };
    let members = members.into_iter().map(|member| MemberView {
        id: member.user,
        name: member.name,
        email: member.email,
        role: member.role,
        since: member.since,
        second_factor: member.second_factor,
    });
    let invited = invited.into_iter().filter_map(|pending| {
        let InvitationFor::Staff(role) = pending.offer else { return None };
        let (id, expires_at) = (pending.id, pending.expires_at);
        Some(PendingView { id, name: pending.name, email: pending.email, role, expires_at })
    });
    Ok(Data::new(StaffView { members: members.collect(), invited: invited.collect() }))
}

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InviteStaff {
    email: String,
    name: String,
    /// `account_manager` or `admin`.
    #[schema(value_type = String)]
    role: Role,
}

/// An invitation that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invited {
    #[schema(value_type = String)]
    id: InvitationId,
}

/// Invites somebody to the staff: a letter with a link that works for 7 days.
#[utoipa::path(post, path = "/v1/tenant/staff/invitations", tag = "tenant", request_body = InviteStaff,
    responses((status = 200, body = Invited)))]
async fn invite(who: AdminPerson, app: App, Body(body): Body<InviteStaff>) -> Answer<Data<Invited>> {
    let (email, name) = (Email::parse("email", &body.email)?, DisplayName::parse("name", &body.name)?);
    let offer = InvitationFor::Staff(staff_role(body.role)?);
    let id = send(&app, who.tenant(), offer, email, name, who.cause()).await?;
    Ok(Data::new(Invited { id }))
}

/// Takes an invitation back: its link stops working.
#[utoipa::path(delete, path = "/v1/tenant/staff/invitations/{id}", tag = "tenant",
    params(("id" = String, Path, description = "`inv_…`")), responses((status = 200, body = Done)))]
async fn withdraw(who: AdminPerson, app: App, At(invitation): At<InvitationId>) -> Answer<Data<Done>> {
    app.identity.invitations.withdraw(who.tenant(), invitation, who.cause()).await?;
    Ok(Data::done())
}

/// Another role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetRole {
    /// `account_manager` or `admin`.
    #[schema(value_type = String)]
    role: Role,
}

/// Gives a member of the staff another role. The last admin stays one.
#[utoipa::path(patch, path = "/v1/tenant/staff/{user}", tag = "tenant", request_body = SetRole,
    params(("user" = String, Path, description = "`usr_…`")), responses((status = 200, body = Done)))]
async fn set_role(who: AdminPerson, app: App, At(user): At<UserId>, Body(body): Body<SetRole>) -> Answer<Data<Done>> {
    app.identity.staff.set_role(who.tenant(), user, staff_role(body.role)?, who.cause()).await?;
    Ok(Data::done())
}

/// Takes somebody off the staff; their sockets close. The last admin stays.
#[utoipa::path(delete, path = "/v1/tenant/staff/{user}", tag = "tenant",
    params(("user" = String, Path, description = "`usr_…`")), responses((status = 200, body = Done)))]
async fn remove(who: AdminPerson, app: App, At(user): At<UserId>) -> Answer<Data<Done>> {
    app.identity.staff.remove(who.tenant(), user, who.cause()).await?;
    Ok(Data::done())
}

/// Turns two-step sign-in off for somebody who lost their app and their recovery codes. Their sessions end, and a mail tells
/// them. Not one's own, and not of somebody who works elsewhere as well: whoever runs the server resets that.
#[utoipa::path(delete, path = "/v1/tenant/staff/{user}/second-factor", tag = "tenant",
    params(("user" = String, Path, description = "`usr_…`")), responses((status = 200, body = Done)))]
async fn reset_second_factor(who: AdminPerson, app: App, At(user): At<UserId>) -> Answer<Data<Done>> {
    app.identity.second_factors.reset(who.tenant(), user, who.cause()).await?;
    Ok(Data::done())
}
