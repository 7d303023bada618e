-- With what a business's own site signs who its visitor is.
create table identity_secrets (
    tenant_id       uuid        not null,
    -- How often it was made, replaced or ended: who does says what they saw.
    rev             integer     not null default 1,
    -- The secret, AES-256-GCM; null: ended. And the one before, which counts too until its time.
    sealed          bytea,
    previous_sealed bytea,
    previous_until  timestamptz,
    -- When it was made, or ended.
    changed_at      timestamptz not null,

    constraint identity_secrets_pkey primary key (tenant_id),
    constraint identity_secrets_tenant_exists foreign key (tenant_id) references tenants (id),
    constraint identity_secrets_rev_positive check (rev > 0),
    constraint identity_secrets_previous_whole check ((previous_sealed is null) = (previous_until is null)),
    constraint identity_secrets_ended_whole check (sealed is not null or previous_sealed is null)
);

alter table identity_secrets enable row level security;
alter table identity_secrets force row level security;
create policy identity_secrets_of_tenant on identity_secrets
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on identity_secrets to brigade_app;
grant update (rev, sealed, previous_sealed, previous_until, changed_at) on identity_secrets to brigade_app;

-- A conversation is one person's, whoever adds the line: at a browser that several people use, nobody gets to read what another wrote.
create function brigade_check_identified() returns trigger
    language plpgsql as $$
begin
    if exists (
        select from event_log
        where tenant_id = new.tenant_id and entity_id = new.entity_id and kind = 'identified'
          and (body::jsonb ->> 'id') <> (new.body::jsonb ->> 'id')
    ) then
        raise exception 'the visitor of conversation % is somebody else', new.entity_id
            using errcode = 'integrity_constraint_violation', constraint = 'event_log_identity_stays', table = 'event_log';
    end if;
    return null;
end
$$;
create trigger event_log_identity_stays after insert on event_log
    for each row when (new.kind = 'identified') execute function brigade_check_identified();
