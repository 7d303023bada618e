-- Web Push: notices on devices on which no page is open.

-- The key pair by which push services know this server (VAPID), made once by whichever node needs it first.
create table push_keys (
    -- The one row.
    id         uuid        not null constraint push_keys_pkey primary key,
    -- The private key, sealed with the server's keys.
    sealed     bytea       not null,
    -- What browsers are told: an uncompressed point of P-256.
    public_key bytea       not null,
    created_at timestamptz not null,

    constraint push_keys_one check (id = '00000000-0000-0000-0000-000000000000'),
    constraint push_keys_public_whole check (octet_length(public_key) = 65)
);
comment on table push_keys is 'No row-level security: it is the server''s own, sealed, and the same for every business.';
grant select, insert on push_keys to brigade_app;
grant update (sealed) on push_keys to brigade_app;

-- Browsers that are told, each as long as somebody is signed in there, and of the business they act in there.
create table push_devices (
    tenant_id     uuid        not null,
    id            uuid        not null,
    user_id       uuid        not null,
    -- Goes with it: by triggers, for the key of a session holds no tenant.
    session_id    uuid        not null,
    -- What the browser calls itself.
    name          text        not null,
    -- Where it is reached, sealed: whoever knows it can reach it. Beside it what it is known again by.
    sealed        bytea       not null,
    endpoint_hash bytea       not null,
    created_at    timestamptz not null,
    -- When its push service last took something, and refused or did not answer.
    reached_at    timestamptz,
    failed_at     timestamptz,

    constraint push_devices_pkey primary key (tenant_id, id),
    constraint push_devices_session_once unique (tenant_id, session_id),
    constraint push_devices_endpoint_once unique (tenant_id, endpoint_hash),
    constraint push_devices_tenant_exists foreign key (tenant_id) references tenants (id) on delete cascade,
    constraint push_devices_user_exists foreign key (user_id) references users (id) on delete cascade,
    constraint push_devices_name_length check (char_length(name) <= 200),
    constraint push_devices_sealed_bounded check (octet_length(sealed) between 1 and 4096),
    constraint push_devices_endpoint_hashed check (octet_length(endpoint_hash) = 32)
);
create index push_devices_by_user on push_devices (user_id);

alter table push_devices enable row level security;
alter table push_devices force row level security;
create policy push_devices_of_tenant on push_devices
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on push_devices to brigade_app;
grant update (sealed, reached_at, failed_at) on push_devices to brigade_app;

-- Ten of a person, of the staff, and only where they are signed in.
create function brigade_check_push_device() returns trigger
    language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('push_devices ' || new.user_id::text, 0));
    if (select count(*) from push_devices where tenant_id = new.tenant_id and user_id = new.user_id) > 10 then
        raise exception '% has 10 devices', new.user_id
            using errcode = 'integrity_constraint_violation', constraint = 'push_devices_bounded', table = 'push_devices';
    end if;
    -- A session that ends at this moment is waited for.
    perform from sessions
    where id = new.session_id and user_id = new.user_id and tenant_id = new.tenant_id and ended_at is null
    for share;
    if not found or not exists (
        select from memberships where tenant_id = new.tenant_id and user_id = new.user_id and role <> 'client'
    ) then
        raise exception '% is not signed in as staff of %', new.user_id, new.tenant_id
            using errcode = 'integrity_constraint_violation', constraint = 'push_devices_of_signed_in_staff', table = 'push_devices';
    end if;
    return null;
end
$$;
create trigger push_devices_checked after insert on push_devices
    for each row execute function brigade_check_push_device();

-- Who is nothing in a tenant any more, or a client, is told nothing there.
create function brigade_remove_push_devices() returns trigger
    language plpgsql as $$
begin
    delete from push_devices
    where tenant_id = old.tenant_id and user_id = old.user_id
      and not exists (
          select from memberships where tenant_id = old.tenant_id and user_id = old.user_id and role <> 'client');
    return null;
end
$$;
create trigger push_devices_go_with_membership after delete or update of role on memberships
    for each row execute function brigade_remove_push_devices();

-- Whoever signs out of a browser, from there or from elsewhere, is told nothing there from that moment on. Sessions know no wall
-- between tenants: this runs as the owner of the tables.
create policy push_devices_of_sessions_seen on push_devices for select to current_user using (true);
create policy push_devices_of_sessions_gone on push_devices for delete to current_user using (true);
create function brigade_end_push_device() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from push_devices where session_id = old.id;
    return null;
end
$$;
revoke execute on function brigade_end_push_device() from public;
create trigger push_devices_go_with_session after update of ended_at, tenant_id on sessions
    for each row when (new.ended_at is not null or new.tenant_id is distinct from old.tenant_id)
    execute function brigade_end_push_device();
create trigger push_devices_go_with_session_row after delete on sessions
    for each row execute function brigade_end_push_device();
create index push_devices_by_session on push_devices (session_id);

-- What devices are still to be told: a notice once for each device, or a test.
create table push_deliveries (
    tenant_id uuid        not null,
    id        uuid        not null,
    device_id uuid        not null,
    -- Null: a test.
    notice_id uuid,
    -- When the notice was told last: what is told while it is on its way is told anew.
    told_at   timestamptz not null,
    next_at   timestamptz not null,
    attempts  integer     not null default 0,
    -- When their person was last seen before a page.
    there_at  timestamptz,

    constraint push_deliveries_pkey primary key (tenant_id, id),
    constraint push_deliveries_once unique nulls not distinct (tenant_id, device_id, notice_id),
    constraint push_deliveries_device_exists
        foreign key (tenant_id, device_id) references push_devices (tenant_id, id) on delete cascade,
    constraint push_deliveries_notice_exists
        foreign key (tenant_id, notice_id) references notices (tenant_id, id) on delete cascade,
    constraint push_deliveries_attempts_natural check (attempts >= 0)
);
create index push_deliveries_by_time on push_deliveries (next_at);
create index push_deliveries_by_notice on push_deliveries (tenant_id, notice_id);

alter table push_deliveries enable row level security;
alter table push_deliveries force row level security;
create policy push_deliveries_of_tenant on push_deliveries
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on push_deliveries to brigade_app;
grant update (told_at, next_at, attempts, there_at) on push_deliveries to brigade_app;

-- Whose devices are still to be told, of all tenants: runs as its owner, and tells ids only.
create policy push_deliveries_of_the_post on push_deliveries for select to current_user using (true);
create function brigade_push_waiting(moment timestamptz)
    returns table (tenant_id uuid, user_id uuid, due boolean)
    language sql stable security definer rows 100 set search_path = public, pg_temp as $$
    select waiting.tenant_id, device.user_id, bool_or(waiting.next_at <= moment)
    from push_deliveries waiting
    join push_devices device on device.tenant_id = waiting.tenant_id and device.id = waiting.device_id
    join tenants owner on owner.id = waiting.tenant_id and owner.status = 'active'
    where waiting.next_at <= moment + interval '10 seconds'
    group by waiting.tenant_id, device.user_id
    order by min(waiting.next_at) limit 1000
$$;
revoke execute on function brigade_push_waiting(timestamptz) from public;
grant execute on function brigade_push_waiting(timestamptz) to brigade_app;

-- What somebody is told, and not on devices on which no page is open.
alter table notice_settings add column unpushed text[] collate "C" not null default '{}';
alter table notice_settings add constraint notice_settings_unpushed_bounded check (cardinality(unpushed) <= 20);
grant update (unpushed) on notice_settings to brigade_app;
