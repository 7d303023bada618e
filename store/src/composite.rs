//! Our own row types of the database, as parameters.

/// Says which type of the database a struct is; `#[derive(sqlx::Encode)]` writes its fields, in the type's order.
/// (`#[derive(sqlx::Type)]` would read it as well, which borrowed text cannot be.)
macro_rules! is_composite {
    ($name:ident, $type_name:literal) => {
        impl sqlx::Type<sqlx::Postgres> for $name<'_> {
            fn type_info() -> sqlx::postgres::PgTypeInfo {
                sqlx::postgres::PgTypeInfo::with_name($type_name)
            }
        }

        impl sqlx::postgres::PgHasArrayType for $name<'_> {
            fn array_type_info() -> sqlx::postgres::PgTypeInfo {
                sqlx::postgres::PgTypeInfo::array_of($type_name)
            }
        }
    };
}

pub(crate) use is_composite;
