-- The role the server runs as. Migrations run as whoever connects and own everything; `brigade_app` owns
-- nothing, may not bypass row-level security, and gets only what each table grants it.
-- It has no password: on a private unix socket it signs in by the socket's permissions, elsewhere the
-- connecting user takes it on with SET ROLE.
do $$
begin
    if not exists (select from pg_roles where rolname = 'brigade_app') then
        create role brigade_app login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
    end if;
exception
    -- Roles belong to the whole server: another database's migration may have won the race.
    when duplicate_object or unique_violation then null;
end
$$;

-- SET ROLE needs membership. A superuser has it without; a role cannot be its own member.
do $$
begin
    if not pg_has_role(current_user, 'brigade_app', 'member') then
        execute format('grant brigade_app to %I', current_user);
    end if;
end
$$;

revoke create on schema public from public;
grant usage on schema public to brigade_app;

-- Append-only tables: refused by grant for brigade_app, by this trigger for everybody else.
create function brigade_refuse_change() returns trigger
    language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name
        using errcode = 'restrict_violation', constraint = tg_table_name || '_append_only', table = tg_table_name;
end
$$;
