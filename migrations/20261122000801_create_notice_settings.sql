-- What people want to be told and how, and letters of what they have not read while they were away.

-- A person's own, the same in every business: outside the tenants' wall, like the person.
create table notice_settings (
    user_id    uuid        not null constraint notice_settings_pkey primary key,
    rev        integer     not null,
    -- Kinds of notices that are not told at all, and those that do not come by mail.
    muted      text[]      not null collate "C",
    unmailed   text[]      not null collate "C",
    mail       text        not null collate "C",
    mail_hour  smallint    not null,
    -- Null: that of the business.
    zone       text        collate "C",
    quiet_from text        collate "C",
    quiet_to   text        collate "C",
    changed_at timestamptz not null,

    constraint notice_settings_user_exists foreign key (user_id) references users (id) on delete cascade,
    constraint notice_settings_rev_positive check (rev > 0),
    constraint notice_settings_kinds_bounded check (cardinality(muted) <= 20 and cardinality(unmailed) <= 20),
    constraint notice_settings_mail_known check (mail in ('never', '15_minutes', 'hour', 'daily')),
    constraint notice_settings_hour_of_a_day check (mail_hour between 0 and 23),
    constraint notice_settings_zone_length check (length(zone) between 1 and 64),
    constraint notice_settings_quiet_whole check (
        (quiet_from is null) = (quiet_to is null) and quiet_from <> quiet_to
        and quiet_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' and quiet_to ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$')
);
grant select, insert, delete on notice_settings to brigade_app;
grant update (rev, muted, unmailed, mail, mail_hour, zone, quiet_from, quiet_to, changed_at) on notice_settings to brigade_app;

-- Whether it was in a letter. What is read and happens again is not.
alter table notices add column mailed boolean not null default false;
grant update (mailed) on notices to brigade_app;

-- Who has something unread that may come by mail, and when to look at it.
create table notice_digests (
    tenant_id uuid        not null,
    user_id   uuid        not null,
    next_at   timestamptz not null,
    -- When they were last seen there.
    there_at  timestamptz,

    constraint notice_digests_pkey primary key (tenant_id, user_id),
    constraint notice_digests_tenant_exists foreign key (tenant_id) references tenants (id) on delete cascade,
    constraint notice_digests_user_exists foreign key (user_id) references users (id) on delete cascade
);
create index notice_digests_by_time on notice_digests (next_at);

alter table notice_digests enable row level security;
alter table notice_digests force row level security;
create policy notice_digests_of_tenant on notice_digests
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on notice_digests to brigade_app;
grant update (next_at, there_at) on notice_digests to brigade_app;

-- Whose letters wait, of all tenants: runs as its owner, and tells ids only. What is written is read behind the wall, tenant
-- by tenant, by whoever asked.
create policy notice_digests_of_the_post on notice_digests for select to current_user using (true);
create function brigade_notice_digests()
    returns table (tenant_id uuid, user_id uuid, next_at timestamptz)
    language sql stable security definer rows 100 set search_path = public, pg_temp as $$
    select waiting.tenant_id, waiting.user_id, waiting.next_at
    from notice_digests waiting
    join tenants owner on owner.id = waiting.tenant_id and owner.status = 'active'
    order by waiting.next_at limit 10000
$$;
revoke execute on function brigade_notice_digests() from public;
grant execute on function brigade_notice_digests() to brigade_app;
