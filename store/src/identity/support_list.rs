//! Support's permissions as they are shown: to the business with who looked, to support those that run.

use brigade_domain::Timestamp;
use brigade_domain::id::{PermissionId, TenantId, UserId};
use brigade_domain::support::ports::{Ended, Invitation, Look, Named, Permission, SHOWN};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::time::{from_db, to_db};

/// Looks shown of one permission.
const LOOKS: i64 = 50;

/// What is past its time has ended, also before anybody has noted it.
pub(super) async fn list(tx: &mut PgConnection, tenant: TenantId, at: Timestamp) -> Result<Vec<Permission>, Error> {
    let rows = sqlx::query!(
        r#"select permission.id, about, given_at, until, given_by, giver.name as giver, ended_by, ender.name as "ender?",
                  coalesce(ended_at, case when until <= $2 then until end) as ended_at
           from support_permissions permission
           join users giver on giver.id = given_by left join users ender on ender.id = ended_by
           where tenant_id = $1 order by given_at desc, permission.id desc limit $3"#,
        tenant.uuid(),
        to_db(at),
        SHOWN + 1
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut permissions = Vec::with_capacity(rows.len());
    for row in rows {
        let by = row.ended_by.map(UserId::from_uuid).zip(row.ender);
        let ended = by.map_or(Ended::ByTime, |(user, name)| Ended::By(Named { user, name }));
        permissions.push(Permission {
            id: PermissionId::from_uuid(row.id),
            about: row.about,
            given_by: Named { user: UserId::from_uuid(row.given_by), name: row.giver },
            given_at: from_db(row.given_at)?,
            until: from_db(row.until)?,
            ended: row.ended_at.map(|at| from_db(at).map(|at| (at, ended))).transpose()?,
            looks: looks(tx, tenant, row.id).await?,
        });
    }
    let running = permissions.iter().filter(|permission| permission.ended.is_none()).count();
    permissions.truncate(running + usize::try_from(SHOWN).unwrap_or(usize::MAX));
    Ok(permissions)
}

async fn looks(tx: &mut PgConnection, tenant: TenantId, permission: Uuid) -> Result<Vec<Look>, Error> {
    let rows = sqlx::query!(
        r#"select look.user_id, person.name, began_at, coalesce(left_at, permission.ended_at) as left_at,
                  (select count(*) from support_openings opening
                   where opening.tenant_id = look.tenant_id and opening.session_id = look.session_id) as "opened!"
           from support_looks look join users person on person.id = look.user_id
           join support_permissions permission
                on permission.tenant_id = look.tenant_id and permission.id = look.permission_id
           where look.tenant_id = $1 and look.permission_id = $2
           order by began_at desc, look.session_id desc limit $3"#,
        tenant.uuid(),
        permission,
        LOOKS
    )
    .fetch_all(tx)
    .await?;
    let look = |user: Uuid, name, began_at, left_at: Option<_>, opened: i64| {
        Ok(Look {
            by: Named { user: UserId::from_uuid(user), name },
            began_at: from_db(began_at)?,
            left_at: left_at.map(from_db).transpose()?,
            opened: u64::try_from(opened).unwrap_or_default(),
        })
    };
    rows.into_iter().map(|row| look(row.user_id, row.name, row.began_at, row.left_at, row.opened)).collect()
}

/// The transaction must say that it operates.
pub(super) async fn invitations(tx: &mut PgConnection, at: Timestamp) -> Result<Vec<Invitation>, Error> {
    let rows = sqlx::query!(
        "select tenant.id, tenant.name, tenant.slug, permission.about, permission.given_at, permission.until
         from support_permissions permission
         join tenants tenant on tenant.id = permission.tenant_id and tenant.status = 'active'
         where permission.ended_at is null and permission.until > $1 order by tenant.slug",
        to_db(at)
    )
    .fetch_all(tx)
    .await?;
    let invitation = |id, name, slug, about, given_at, until| {
        Ok(Invitation {
            tenant: TenantId::from_uuid(id),
            name,
            slug,
            about,
            given_at: from_db(given_at)?,
            until: from_db(until)?,
        })
    };
    rows.into_iter().map(|row| invitation(row.id, row.name, row.slug, row.about, row.given_at, row.until)).collect()
}
