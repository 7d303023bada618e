-- Two-step sign-in: after the password a code of an app (TOTP), or one of the recovery codes. Like people and sessions it has
-- no tenant, and no tenant's wall: a person is one person in every business.

create table second_factors (
    user_id      uuid        not null constraint second_factors_pkey primary key,
    -- The secret the app has too, AES-256-GCM.
    sealed       bytea       not null,
    created_at   timestamptz not null,
    -- Null: it was shown, and no code of it has come yet, so it protects nothing.
    confirmed_at timestamptz,
    -- The newest time step whose code was accepted: neither it nor one before it is accepted again.
    last_step    bigint,

    constraint second_factors_user_exists foreign key (user_id) references users (id),
    constraint second_factors_confirmed_by_code check ((confirmed_at is null) = (last_step is null))
);
comment on table second_factors is 'No row-level security: it is asked for at sign-in, before any tenant is known.';
grant select, insert, delete on second_factors to brigade_app;
grant update (sealed, created_at, confirmed_at, last_step) on second_factors to brigade_app;

-- A code counts once, whoever asks.
create function brigade_refuse_old_step() returns trigger
    language plpgsql as $$
begin
    raise exception 'a code of % would count again', old.user_id
        using errcode = 'integrity_constraint_violation', constraint = 'second_factors_step_grows', table = 'second_factors';
end
$$;
create trigger second_factors_step_grows before update on second_factors
    for each row when (old.last_step is not null and (new.last_step is null or new.last_step < old.last_step))
    execute function brigade_refuse_old_step();

create table recovery_codes (
    user_id    uuid        not null,
    -- SHA-256 over the person and 120 random bits: too many to try, so no slow hash is needed.
    code_hash  bytea       not null,
    created_at timestamptz not null,
    used_at    timestamptz,

    constraint recovery_codes_pkey primary key (user_id, code_hash),
    constraint recovery_codes_factor_exists foreign key (user_id) references second_factors (user_id) on delete cascade,
    constraint recovery_codes_hashed check (octet_length(code_hash) = 32)
);
comment on table recovery_codes is 'No row-level security, as with second_factors.';
grant select, insert, delete on recovery_codes to brigade_app;
grant update (used_at) on recovery_codes to brigade_app;

-- What is used stays used.
create function brigade_refuse_unused_code() returns trigger
    language plpgsql as $$
begin
    raise exception 'a recovery code of % was used already', old.user_id
        using errcode = 'integrity_constraint_violation', constraint = 'recovery_codes_used_once', table = 'recovery_codes';
end
$$;
create trigger recovery_codes_used_once before update on recovery_codes
    for each row when (old.used_at is not null) execute function brigade_refuse_unused_code();

-- Sign-ins whose password was right and whose code has not come yet. Nothing is open to them.
create table second_steps (
    -- SHA-256 of the browser's cookie.
    token_hash bytea       not null constraint second_steps_pkey primary key,
    user_id    uuid        not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    attempts   integer     not null default 0,
    -- When the code came.
    used_at    timestamptz,

    constraint second_steps_user_exists foreign key (user_id) references users (id),
    constraint second_steps_short check (expires_at > created_at and expires_at <= created_at + interval '5 minutes'),
    constraint second_steps_attempts_bounded check (attempts between 0 and 5),
    constraint second_steps_hashed check (octet_length(token_hash) = 32)
);
comment on table second_steps is 'No row-level security: nobody is signed in yet.';
create index second_steps_by_expiry on second_steps (expires_at);
grant select, insert, delete on second_steps to brigade_app;
grant update (attempts, used_at) on second_steps to brigade_app;

-- What a session may do depends on it, where the business asks for it.
create trigger second_factors_note_change after insert or delete or update of confirmed_at on second_factors
    for each row execute function brigade_note_membership_change();

-- A business may ask it of everybody who works for it.
alter table tenants add column second_factor_required boolean not null default false;
grant update (second_factor_required) on tenants to brigade_app;

-- Those it concerns are resolved again, and nobody else: customers go on talking.
create function brigade_note_second_factor_required() returns trigger
    language plpgsql as $$
begin
    insert into session_changes (kind, subject)
    select 'user', user_id from memberships where tenant_id = new.id and role <> 'client';
    return null;
end
$$;
create trigger tenants_note_second_factor_required after update of second_factor_required on tenants
    for each row when (old.second_factor_required is distinct from new.second_factor_required)
    execute function brigade_note_second_factor_required();

-- Nobody shuts everybody out: whoever asks it of the others, an admin has it.
create function brigade_check_second_factor_of_admin() returns trigger
    language plpgsql as $$
begin
    if not exists (
        select from memberships member
        join second_factors factor on factor.user_id = member.user_id and factor.confirmed_at is not null
        where member.tenant_id = new.id and member.role = 'admin'
    ) then
        raise exception 'no admin of % uses two-step sign-in', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'tenants_second_factor_of_an_admin', table = 'tenants';
    end if;
    return null;
end
$$;
create trigger tenants_second_factor_of_an_admin after update of second_factor_required on tenants
    for each row when (new.second_factor_required and not old.second_factor_required)
    execute function brigade_check_second_factor_of_admin();
