//! What a transaction says of itself beside its tenant, so that row-level security opens single rows before the tenant
//! is known: the person whose memberships are asked for, or the hash of the secret that was shown.

use brigade_domain::id::UserId;
use sqlx::PgConnection;

use crate::error::Error;

/// For the rest of the transaction this person's own memberships are seen, in every tenant.
pub(super) async fn be(tx: &mut PgConnection, user: UserId) -> Result<(), Error> {
    sqlx::query_scalar!("select set_config('brigade.user_id', $1, true)", user.uuid().to_string())
        .fetch_one(tx)
        .await?;
    Ok(())
}

/// For the rest of the transaction the row of this secret is seen, whoever's it is.
pub(super) async fn hold(tx: &mut PgConnection, hash: &[u8; 32]) -> Result<(), Error> {
    sqlx::query_scalar!("select set_config('brigade.secret_hash', encode($1, 'hex'), true)", &hash[..])
        .fetch_one(tx)
        .await?;
    Ok(())
}

/// For the rest of the transaction the permissions for support that run are seen, of every tenant: for who operates the
/// platform.
pub(super) async fn operate(tx: &mut PgConnection) -> Result<(), Error> {
    sqlx::query_scalar!("select set_config('brigade.operator', 'looks', true)").fetch_one(tx).await?;
    Ok(())
}
