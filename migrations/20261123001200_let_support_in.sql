-- A business lets the platform's support look, for some hours (docs/decisions/0017). Whoever operates the platform reads no conversation
-- without a line here that runs.
create table support_permissions (
    tenant_id  uuid        not null,
    id         uuid        not null,
    -- What support is to look at.
    about      text        not null,
    given_by   uuid        not null,
    given_at   timestamptz not null,
    -- When it is over at the latest.
    until      timestamptz not null,
    -- When it was over. It may be written later than it was so: what is past its time is over in any case.
    ended_at   timestamptz,
    -- Who ended it before its time; null: its time was over.
    ended_by   uuid,

    constraint support_permissions_pkey primary key (tenant_id, id),
    constraint support_permissions_tenant_exists foreign key (tenant_id) references tenants (id) on delete cascade,
    constraint support_permissions_giver_exists foreign key (given_by) references users (id),
    constraint support_permissions_ender_exists foreign key (ended_by) references users (id),
    constraint support_permissions_about_length check (char_length(about) between 1 and 500),
    constraint support_permissions_bounded check (until > given_at and until <= given_at + interval '72 hours'),
    constraint support_permissions_end_within check (ended_at >= given_at and ended_at <= until),
    constraint support_permissions_end_whole check (ended_by is null or ended_at is not null)
);
create unique index support_permissions_one_runs on support_permissions (tenant_id) where ended_at is null;
create index support_permissions_by_age on support_permissions (tenant_id, given_at desc);

alter table support_permissions enable row level security;
alter table support_permissions force row level security;
create policy support_permissions_of_tenant on support_permissions
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
-- Who operates the platform sees which businesses let them look, and no other line.
create policy support_permissions_running on support_permissions for select
    using (ended_at is null and (select current_setting('brigade.operator', true)) = 'looks');
grant select, insert on support_permissions to brigade_app;
grant update (ended_at, ended_by) on support_permissions to brigade_app;

-- What has ended stays so, and says the same for ever.
create function brigade_keep_support_end() returns trigger
    language plpgsql as $$
begin
    raise exception 'permission % has ended', old.id
        using errcode = 'integrity_constraint_violation', constraint = 'support_permissions_end_once', table = 'support_permissions';
end
$$;
create trigger support_permissions_end_once before update on support_permissions
    for each row when (old.ended_at is not null) execute function brigade_keep_support_end();

-- That somebody of support looked: each look is a session of its own. No key to it: sessions are taken away some days after their end.
create table support_looks (
    tenant_id     uuid        not null,
    session_id    uuid        not null,
    permission_id uuid        not null,
    user_id       uuid        not null,
    began_at      timestamptz not null,
    left_at       timestamptz,

    constraint support_looks_pkey primary key (tenant_id, session_id),
    constraint support_looks_permission_exists foreign key (tenant_id, permission_id)
        references support_permissions (tenant_id, id) on delete cascade,
    constraint support_looks_user_exists foreign key (user_id) references users (id),
    constraint support_looks_ends_after check (left_at >= began_at)
);
create index support_looks_by_permission on support_looks (tenant_id, permission_id, began_at desc);

alter table support_looks enable row level security;
alter table support_looks force row level security;
create policy support_looks_of_tenant on support_looks
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on support_looks to brigade_app;
grant update (left_at) on support_looks to brigade_app;

-- Nobody looks but who operates the platform, with two-step sign-in, under a permission that runs. The lock makes the end of the
-- permission and the beginning of a look take turns.
create function brigade_check_support_look() returns trigger
    language plpgsql as $$
begin
    perform from support_permissions permission
    where permission.tenant_id = new.tenant_id and permission.id = new.permission_id and permission.ended_at is null
      and permission.given_at <= new.began_at and permission.until > new.began_at
    for share;
    if not found then
        raise exception 'business % does not let support look', new.tenant_id
            using errcode = 'integrity_constraint_violation', constraint = 'support_looks_permitted', table = 'support_looks';
    end if;
    if not exists (
        select from users person join second_factors factor on factor.user_id = person.id and factor.confirmed_at is not null
        where person.id = new.user_id and person.super_admin and person.disabled_at is null
    ) then
        raise exception 'user % is not support, or has no second factor', new.user_id
            using errcode = 'integrity_constraint_violation', constraint = 'support_looks_by_support', table = 'support_looks';
    end if;
    return new;
end
$$;
create trigger support_looks_permitted before insert on support_looks
    for each row execute function brigade_check_support_look();

-- Whoever looks is sent away when the permission ends, whoever ends it.
create function brigade_note_support_end() returns trigger
    language plpgsql as $$
begin
    insert into session_changes (kind, subject)
    select 'session', look.session_id from support_looks look
    where look.tenant_id = old.tenant_id and look.permission_id = old.id;
    return null;
end
$$;
create trigger support_permissions_note_end after update of ended_at on support_permissions
    for each row when (old.ended_at is distinct from new.ended_at) execute function brigade_note_support_end();

-- Which conversations were opened in a look, once each.
create table support_openings (
    tenant_id       uuid        not null,
    session_id      uuid        not null,
    conversation_id uuid        not null,
    opened_at       timestamptz not null,

    constraint support_openings_pkey primary key (tenant_id, session_id, conversation_id),
    constraint support_openings_look_exists foreign key (tenant_id, session_id)
        references support_looks (tenant_id, session_id) on delete cascade,
    constraint support_openings_conversation_exists foreign key (tenant_id, conversation_id)
        references entities (tenant_id, id) on delete cascade
);
create index support_openings_by_conversation on support_openings (tenant_id, conversation_id);

alter table support_openings enable row level security;
alter table support_openings force row level security;
create policy support_openings_of_tenant on support_openings
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on support_openings to brigade_app;

-- A session that looks: in this tenant, as nothing but support. It becomes nothing else later: brigade_app may not update it.
alter table sessions add column support boolean not null default false;
alter table sessions add constraint sessions_support_whole
    check (not support or (tenant_id is not null and kind = 'browser'));
