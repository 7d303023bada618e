-- People who have asked that what is known of them be deleted. Signing in takes it back until it is due.
create table account_deletions (
    user_id      uuid        not null constraint account_deletions_pkey primary key,
    requested_at timestamptz not null,
    due_at       timestamptz not null,

    constraint account_deletions_user_exists foreign key (user_id) references users (id),
    constraint account_deletions_two_weeks check (due_at >= requested_at + interval '14 days')
);
comment on table account_deletions is 'No row-level security: signing in takes it back, before any tenant is known; it holds ids and times.';
grant select, insert, delete on account_deletions to brigade_app;

-- A person who was deleted leaves their id, which logs and the audit log name, and nothing else.
alter table users add column deleted_at timestamptz;
alter table users add constraint users_deleted_whole check (
    deleted_at is null
    or (email = 'deleted-' || id::text || '@deleted.invalid' and name = 'Deleted person' and password_hash is null
        and password_changed_at is null and email_verified_at is null and disabled_at is not null and not super_admin));
grant update (email, deleted_at) on users to brigade_app;

-- The server changes an address by deletion and in no other way, and what was deleted stays so.
create function brigade_keep_address() returns trigger
    language plpgsql as $$
begin
    if old.deleted_at is not null or (current_user = 'brigade_app' and new.deleted_at is null) then
        raise exception 'the address of % changes by deletion alone', old.id
            using errcode = 'integrity_constraint_violation', constraint = 'users_address_stays', table = 'users';
    end if;
    return new;
end
$$;
create trigger users_address_stays before update on users
    for each row when (old.deleted_at is not null or old.email <> new.email)
    execute function brigade_keep_address();

-- What an invitation says of whoever accepted it goes with them.
grant update (email, name) on invitations to brigade_app;

-- A tenant keeps an admin who stays: whoever is to be deleted does not count.
create or replace function brigade_keep_an_admin() returns trigger
    language plpgsql as $$
begin
    if old.role = 'admin' then
        -- One change of a tenant's admins at a time, or two admins could remove each other.
        perform pg_advisory_xact_lock(hashtextextended('brigade.admins', 0) # hashtextextended(old.tenant_id::text, 1));
        if not exists (
            select from memberships member
            where member.tenant_id = old.tenant_id and member.role = 'admin'
              and not exists (select from account_deletions going where going.user_id = member.user_id)
        ) then
            raise exception 'the last admin of % cannot go', old.tenant_id
                using errcode = 'integrity_constraint_violation', constraint = 'memberships_keep_an_admin',
                      table = 'memberships';
        end if;
    end if;
    return null;
end
$$;

-- The same for asking. The tenants are seen with brigade.user_id set, each one's admins with brigade.tenant_id.
create function brigade_check_deletion() returns trigger
    language plpgsql as $$
declare
    before text := coalesce(current_setting('brigade.tenant_id', true), '');
    place uuid;
begin
    if exists (select from users where id = new.user_id and super_admin) then
        raise exception '% operates the platform', new.user_id
            using errcode = 'integrity_constraint_violation', constraint = 'account_deletions_not_operator',
                  table = 'account_deletions';
    end if;
    for place in select tenant_id from memberships where user_id = new.user_id and role = 'admin' order by tenant_id loop
        perform pg_advisory_xact_lock(hashtextextended('brigade.admins', 0) # hashtextextended(place::text, 1));
        perform set_config('brigade.tenant_id', place::text, true);
        if not exists (
            select from memberships member
            where member.tenant_id = place and member.role = 'admin'
              and not exists (select from account_deletions going where going.user_id = member.user_id)
        ) then
            raise exception '% is the last admin of %', new.user_id, place
                using errcode = 'integrity_constraint_violation', constraint = 'account_deletions_keep_an_admin',
                      table = 'account_deletions';
        end if;
    end loop;
    perform set_config('brigade.tenant_id', before, true);
    return null;
end
$$;
create trigger account_deletions_keep_an_admin after insert on account_deletions
    for each row execute function brigade_check_deletion();
