-- People and what says who they are.
--
-- users, sessions, refresh_tokens, one_time_tokens, throttles, session_changes and mail_outbox have no tenant and so no
-- tenant's row-level security: a person is one person in every tenant, and a session is looked up before any tenant
-- is known. They hold hashes instead of tokens and ciphertext instead of letters.

create table users (
    id                  uuid        not null constraint users_pkey primary key,
    -- In lower case.
    email               text        not null collate "C",
    name                text        not null,
    -- argon2id, or bcrypt from elsewhere until the next sign-in. Null: never set one.
    password_hash       text        collate "C",
    password_changed_at timestamptz,
    email_verified_at   timestamptz,
    disabled_at         timestamptz,
    -- Operates the platform.
    super_admin         boolean     not null default false,
    created_at          timestamptz not null default now(),

    constraint users_email_once unique (email),
    constraint users_email_shape check (email = lower(email) and length(email) between 3 and 254 and email like '%_@_%'),
    constraint users_name_length check (length(name) between 1 and 200),
    constraint users_password_hashed check (password_hash like '$argon2id$%' or password_hash like '$2_$%')
);
grant select, insert on users to brigade_app;
grant update (name, password_hash, password_changed_at, email_verified_at, disabled_at) on users to brigade_app;

-- What a person is in a tenant. A tenant sees its own; a person's own memberships are seen with brigade.user_id set,
-- which is how a session finds the tenants its person may act in.
create table memberships (
    tenant_id  uuid        not null,
    user_id    uuid        not null,
    role       text        not null collate "C",
    created_at timestamptz not null default now(),

    constraint memberships_pkey primary key (tenant_id, user_id, role),
    constraint memberships_tenant_exists foreign key (tenant_id) references tenants (id),
    constraint memberships_user_exists foreign key (user_id) references users (id),
    constraint memberships_role_known check (role in ('client', 'account_manager', 'admin'))
);
-- One role among the staff; being a client beside it is possible.
create unique index memberships_one_staff_role on memberships (tenant_id, user_id) where role <> 'client';
create index memberships_by_user on memberships (user_id);

alter table memberships enable row level security;
alter table memberships force row level security;
create policy memberships_of_tenant on memberships
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
create policy memberships_of_user on memberships for select
    using (user_id = (select nullif(current_setting('brigade.user_id', true), '')::uuid));
grant select, insert, delete on memberships to brigade_app;
grant update (role) on memberships to brigade_app;

-- A tenant keeps at least one admin, once it has had one.
create function brigade_keep_an_admin() returns trigger
    language plpgsql as $$
begin
    if old.role = 'admin' then
        -- One change of a tenant's admins at a time, or two admins could remove each other.
        perform pg_advisory_xact_lock(hashtextextended('brigade.admins', 0) # hashtextextended(old.tenant_id::text, 1));
        if not exists (select from memberships where tenant_id = old.tenant_id and role = 'admin') then
            raise exception 'the last admin of % cannot go', old.tenant_id
                using errcode = 'integrity_constraint_violation', constraint = 'memberships_keep_an_admin',
                      table = 'memberships';
        end if;
    end if;
    return null;
end
$$;
create trigger memberships_keep_an_admin after update or delete on memberships
    for each row execute function brigade_keep_an_admin();

create table sessions (
    id                uuid        not null constraint sessions_pkey primary key,
    user_id           uuid        not null,
    -- browser: token_hash is the cookie's. program: token_hash is the current access token's.
    kind              text        not null collate "C",
    -- The tenant its person acts in; null: none chosen.
    tenant_id         uuid,
    token_hash        bytea       not null,
    device            text        not null,
    created_at        timestamptz not null,
    last_seen_at      timestamptz not null,
    -- Without a request in this time it ends; null for programs, whose access token ends by itself.
    idle_seconds      integer,
    -- When the token ends, for programs; null for browsers.
    access_expires_at timestamptz,
    expires_at        timestamptz not null,
    ended_at          timestamptz,

    constraint sessions_token_once unique (token_hash),
    constraint sessions_user_exists foreign key (user_id) references users (id),
    constraint sessions_tenant_exists foreign key (tenant_id) references tenants (id),
    constraint sessions_kind_known check (kind in ('browser', 'program')),
    constraint sessions_ends check (expires_at > created_at),
    constraint sessions_kind_whole check (
        (kind = 'browser' and idle_seconds > 0 and access_expires_at is null)
        or (kind = 'program' and idle_seconds is null and access_expires_at is not null)),
    constraint sessions_token_hashed check (octet_length(token_hash) = 32)
);
comment on table sessions is
    'No row-level security: a session is looked up by its token before any tenant is known; tenant_id only says where its person acts.';
create index sessions_by_user on sessions (user_id) where ended_at is null;
create index sessions_by_expiry on sessions (expires_at);
grant select, insert, delete on sessions to brigade_app;
grant update (tenant_id, token_hash, last_seen_at, access_expires_at, ended_at) on sessions to brigade_app;

-- Every refresh token a program's session has had: one that comes back after it was used ends the session.
create table refresh_tokens (
    token_hash bytea       not null constraint refresh_tokens_pkey primary key,
    session_id uuid        not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,

    constraint refresh_tokens_session_exists foreign key (session_id) references sessions (id) on delete cascade,
    constraint refresh_tokens_hashed check (octet_length(token_hash) = 32)
);
create unique index refresh_tokens_one_unused on refresh_tokens (session_id) where used_at is null;
grant select, insert, delete on refresh_tokens to brigade_app;
grant update (used_at) on refresh_tokens to brigade_app;

-- Tokens that come by mail and work once.
create table one_time_tokens (
    token_hash bytea       not null constraint one_time_tokens_pkey primary key,
    user_id    uuid        not null,
    purpose    text        not null collate "C",
    -- The address it was sent to: a later one is not verified by it.
    email      text        not null collate "C",
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,

    constraint one_time_tokens_user_exists foreign key (user_id) references users (id),
    constraint one_time_tokens_purpose_known check (purpose in ('verify_email', 'reset_password')),
    constraint one_time_tokens_hashed check (octet_length(token_hash) = 32)
);
create index one_time_tokens_by_user on one_time_tokens (user_id, purpose);
grant select, insert, delete on one_time_tokens to brigade_app;
grant update (used_at) on one_time_tokens to brigade_app;

-- How often something was tried. Unlogged: after a crash of the database everybody has their attempts again.
create unlogged table throttles (
    -- SHA-256 of what is counted, such as an address or an e-mail address.
    key      bytea       not null constraint throttles_pkey primary key,
    ends_at  timestamptz not null,
    attempts integer     not null,

    constraint throttles_attempts_natural check (attempts >= 0)
);
create index throttles_by_end on throttles (ends_at);
grant select, insert, delete on throttles to brigade_app;
grant update (ends_at, attempts) on throttles to brigade_app;

-- A tenant's keys. One that is shown is found by its hash: brigade.secret_hash says which was shown, and opens that
-- row alone, before the tenant is known.
create table api_keys (
    tenant_id    uuid        not null,
    id           uuid        not null,
    name         text        not null,
    kind         text        not null collate "C",
    mode         text        not null collate "C",
    -- SHA-256 of the key.
    secret_hash  bytea       not null,
    -- The public key itself; of a secret key its beginning and end.
    shown        text        not null collate "C",
    -- The secret key, AES-256-GCM; null for a public one.
    sealed       bytea,
    created_at   timestamptz not null,
    last_used_at timestamptz,
    revoked_at   timestamptz,

    constraint api_keys_pkey primary key (tenant_id, id),
    constraint api_keys_secret_once unique (tenant_id, secret_hash),
    constraint api_keys_tenant_exists foreign key (tenant_id) references tenants (id),
    constraint api_keys_name_length check (length(name) between 1 and 200),
    constraint api_keys_kind_known check (kind in ('public', 'secret')),
    constraint api_keys_mode_known check (mode in ('live', 'test')),
    constraint api_keys_secret_sealed check ((kind = 'secret') = (sealed is not null)),
    constraint api_keys_hashed check (octet_length(secret_hash) = 32)
);
create index api_keys_by_secret on api_keys (secret_hash);

alter table api_keys enable row level security;
alter table api_keys force row level security;
create policy api_keys_of_tenant on api_keys
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
create policy api_keys_by_possession on api_keys for select
    using (secret_hash = (select decode(nullif(current_setting('brigade.secret_hash', true), ''), 'hex')));
grant select, insert on api_keys to brigade_app;
grant update (last_used_at, revoked_at, sealed) on api_keys to brigade_app;

-- Invitations, found like keys by the hash of what was shown.
create table invitations (
    tenant_id       uuid        not null,
    id              uuid        not null,
    kind            text        not null collate "C",
    role            text        not null collate "C",
    conversation_id uuid,
    email           text        not null collate "C",
    name            text        not null,
    secret_hash     bytea       not null,
    created_at      timestamptz not null,
    expires_at      timestamptz not null,
    accepted_at     timestamptz,
    accepted_by     uuid,
    withdrawn_at    timestamptz,

    constraint invitations_pkey primary key (tenant_id, id),
    constraint invitations_secret_once unique (tenant_id, secret_hash),
    constraint invitations_tenant_exists foreign key (tenant_id) references tenants (id),
    constraint invitations_conversation_exists
        foreign key (tenant_id, conversation_id) references entities (tenant_id, id),
    constraint invitations_accepted_by_exists foreign key (accepted_by) references users (id),
    constraint invitations_kind_whole check (
        (kind = 'staff' and role in ('account_manager', 'admin') and conversation_id is null)
        or (kind = 'client' and role = 'client' and conversation_id is not null)),
    constraint invitations_name_length check (length(name) between 1 and 200),
    constraint invitations_accepted_whole check ((accepted_at is null) = (accepted_by is null)),
    constraint invitations_ended_once check (accepted_at is null or withdrawn_at is null),
    constraint invitations_hashed check (octet_length(secret_hash) = 32)
);
create index invitations_by_secret on invitations (secret_hash);
-- One open invitation to an address for the same thing.
create unique index invitations_one_open on invitations (tenant_id, email, kind, conversation_id) nulls not distinct
    where accepted_at is null and withdrawn_at is null;

alter table invitations enable row level security;
alter table invitations force row level security;
create policy invitations_of_tenant on invitations
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
create policy invitations_by_possession on invitations for select
    using (secret_hash = (select decode(nullif(current_setting('brigade.secret_hash', true), ''), 'hex')));
grant select, insert on invitations to brigade_app;
grant update (accepted_at, accepted_by, withdrawn_at) on invitations to brigade_app;

-- The capability of an anonymous visitor for its one conversation, found by its hash.
create table visitor_tokens (
    tenant_id       uuid        not null,
    secret_hash     bytea       not null,
    visitor_id      uuid        not null,
    conversation_id uuid        not null,
    created_at      timestamptz not null,
    last_seen_at    timestamptz not null,
    ended_at        timestamptz,

    constraint visitor_tokens_pkey primary key (tenant_id, secret_hash),
    constraint visitor_tokens_conversation_exists
        foreign key (tenant_id, conversation_id) references entities (tenant_id, id),
    constraint visitor_tokens_hashed check (octet_length(secret_hash) = 32)
);
create index visitor_tokens_by_secret on visitor_tokens (secret_hash);
create index visitor_tokens_by_conversation on visitor_tokens (tenant_id, conversation_id);

alter table visitor_tokens enable row level security;
alter table visitor_tokens force row level security;
create policy visitor_tokens_of_tenant on visitor_tokens
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
create policy visitor_tokens_by_possession on visitor_tokens for select
    using (secret_hash = (select decode(nullif(current_setting('brigade.secret_hash', true), ''), 'hex')));
grant select, insert, delete on visitor_tokens to brigade_app;
grant update (last_seen_at, ended_at) on visitor_tokens to brigade_app;

-- Letters on their way. The letter is sealed (AES-256-GCM): it carries links that sign somebody in.
create table mail_outbox (
    id         uuid        not null constraint mail_outbox_pkey primary key,
    created_at timestamptz not null,
    -- Erased when sent, unless the outbox page of the demo shows it.
    sealed     bytea,
    sent_at    timestamptz,

    constraint mail_outbox_waiting_has_letter check (sent_at is not null or sealed is not null)
);
create index mail_outbox_by_age on mail_outbox (created_at);
grant select, insert, delete on mail_outbox to brigade_app;
grant update (sealed, sent_at) on mail_outbox to brigade_app;

-- A tenant may ask more of passwords than length and strength.
alter table tenants add column password_composition boolean not null default false;
grant update (password_composition) on tenants to brigade_app;

-- What ended or changed, for every node that holds sockets or a cache: written by triggers, so that whoever changes
-- something, the command line or a person in psql, is noticed.
create table session_changes (
    id      bigint      generated always as identity constraint session_changes_pkey primary key,
    at      timestamptz not null default clock_timestamp(),
    kind    text        not null collate "C",
    subject uuid        not null,

    constraint session_changes_kind_known check (kind in ('session', 'user', 'key', 'visitor', 'tenant'))
);
create index session_changes_by_age on session_changes (at);
grant select, insert, delete on session_changes to brigade_app;

create function brigade_note_session_end() returns trigger
    language plpgsql as $$
begin
    insert into session_changes (kind, subject) values ('session', old.id);
    return null;
end
$$;
create trigger sessions_note_end after update of ended_at, tenant_id on sessions
    for each row when (old.ended_at is distinct from new.ended_at or old.tenant_id is distinct from new.tenant_id)
    execute function brigade_note_session_end();
create trigger sessions_note_delete after delete on sessions
    for each row when (old.ended_at is null) execute function brigade_note_session_end();

create function brigade_note_user_change() returns trigger
    language plpgsql as $$
begin
    insert into session_changes (kind, subject) values ('user', old.id);
    return null;
end
$$;
create trigger users_note_change after update of disabled_at, super_admin, name on users
    for each row when (old.disabled_at is distinct from new.disabled_at
        or old.super_admin is distinct from new.super_admin or old.name is distinct from new.name)
    execute function brigade_note_user_change();

create function brigade_note_membership_change() returns trigger
    language plpgsql as $$
begin
    insert into session_changes (kind, subject) values ('user', coalesce(new.user_id, old.user_id));
    return null;
end
$$;
create trigger memberships_note_change after insert or update or delete on memberships
    for each row execute function brigade_note_membership_change();
create trigger account_members_note_change after insert or delete on account_members
    for each row execute function brigade_note_membership_change();

create function brigade_note_key_end() returns trigger
    language plpgsql as $$
begin
    insert into session_changes (kind, subject) values ('key', old.id);
    return null;
end
$$;
create trigger api_keys_note_end after update of revoked_at on api_keys
    for each row when (old.revoked_at is distinct from new.revoked_at) execute function brigade_note_key_end();

create function brigade_note_visitor_end() returns trigger
    language plpgsql as $$
begin
    insert into session_changes (kind, subject) values ('visitor', old.visitor_id);
    return null;
end
$$;
create trigger visitor_tokens_note_end after update of ended_at on visitor_tokens
    for each row when (old.ended_at is distinct from new.ended_at) execute function brigade_note_visitor_end();

create function brigade_note_tenant_change() returns trigger
    language plpgsql as $$
begin
    insert into session_changes (kind, subject) values ('tenant', old.id);
    return null;
end
$$;
create trigger tenants_note_change after update of status on tenants
    for each row when (old.status is distinct from new.status) execute function brigade_note_tenant_change();
