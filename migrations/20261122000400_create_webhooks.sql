-- Outgoing webhooks: what a business's own servers are told, and what became of it. The events themselves are lines of
-- the logs; a delivery says which line goes where (docs/decisions/0011).

-- Whether there is anything to tell. Here, and not under the tenant's wall, so that each server sees at a glance whose logs to read.
alter table tenants
    -- none: never; preparing: the cursors are being set to where the logs are; on; ended: no endpoint is left.
    add column webhooks text not null collate "C" default 'none',
    -- While preparing: the cursors up to this entity are set.
    add column webhooks_after uuid,
    add constraint tenants_webhooks_known check (webhooks in ('none', 'preparing', 'on', 'ended')),
    add constraint tenants_webhooks_after_preparing check (webhooks_after is null or webhooks = 'preparing');
grant update (webhooks, webhooks_after) on tenants to brigade_app;
create index tenants_with_webhooks on tenants (id) where webhooks <> 'none';

create table webhook_endpoints (
    tenant_id       uuid        not null,
    id              uuid        not null,
    -- How often its settings were changed: who changes them says which they saw.
    rev             integer     not null default 1,
    url             text        not null collate "C",
    description     text        not null,
    -- Which events.
    events          text[]      not null collate "C",
    -- on; off: somebody switched it off; failing, gone: we did, for it failed for days or said that it is gone.
    state           text        not null collate "C" default 'on',
    -- The secret, AES-256-GCM, and the one before, which signs too until its time.
    sealed          bytea       not null,
    previous_sealed bytea,
    previous_until  timestamptz,
    created_at      timestamptz not null,
    changed_at      timestamptz not null,
    -- Everything has failed since; null when the last delivery arrived.
    failing_since   timestamptz,
    -- How many events found 10,000 waiting and were left out, and the last of them.
    dropped         bigint      not null default 0,
    dropped_at      timestamptz,
    -- Removed: nothing is sent and nobody sees it; its deliveries are taken away bit by bit, and then it.
    removed_at      timestamptz,

    constraint webhook_endpoints_pkey primary key (tenant_id, id),
    constraint webhook_endpoints_tenant_exists foreign key (tenant_id) references tenants (id),
    constraint webhook_endpoints_rev_positive check (rev > 0),
    constraint webhook_endpoints_url_shape check (url ~ '^https?://' and length(url) <= 2048),
    constraint webhook_endpoints_description_length check (length(description) <= 200),
    constraint webhook_endpoints_events_some check (cardinality(events) between 1 and 50),
    constraint webhook_endpoints_state_known check (state in ('on', 'off', 'failing', 'gone')),
    constraint webhook_endpoints_previous_whole check ((previous_sealed is null) = (previous_until is null)),
    constraint webhook_endpoints_dropped_whole check (dropped >= 0 and (dropped = 0) = (dropped_at is null))
);

-- No more than can be looked after. Whoever adds one waits for whoever is adding another beside it.
create function brigade_bound_webhook_endpoints() returns trigger
    language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('webhook_endpoints ' || new.tenant_id::text, 0));
    if (select count(*) from webhook_endpoints where tenant_id = new.tenant_id and removed_at is null) >= 10 then
        raise exception 'tenant % has 10 webhook endpoints already', new.tenant_id
            using errcode = 'integrity_constraint_violation', constraint = 'webhook_endpoints_bounded', table = 'webhook_endpoints';
    end if;
    return new;
end
$$;
create trigger webhook_endpoints_bounded before insert on webhook_endpoints
    for each row execute function brigade_bound_webhook_endpoints();

-- How far each log has been read for those who want to be told. An entity without a row is younger than the first
-- endpoint: it is read from its beginning.
create table webhook_cursors (
    tenant_id uuid   not null,
    entity_id uuid   not null,
    seq       bigint not null,

    -- The id first, as in entities.
    constraint webhook_cursors_pkey primary key (entity_id, tenant_id),
    constraint webhook_cursors_entity_exists foreign key (entity_id, tenant_id) references entities (id, tenant_id),
    constraint webhook_cursors_seq_natural check (seq >= 0)
) with (fillfactor = 50);

create table webhook_deliveries (
    tenant_id   uuid        not null,
    id          uuid        not null,
    endpoint_id uuid        not null,
    -- The same for every endpoint and every attempt: made of tenant, entity and seq. A test has one of its own.
    event_id    uuid        not null,
    kind        text        not null collate "C",
    -- The line that it tells of; null: a test.
    entity_id   uuid,
    seq         bigint,
    created_at  timestamptz not null,
    state       text        not null collate "C" default 'waiting',
    attempts    integer     not null default 0,
    -- While it waits: when it is tried next. One that is under way is due again when whoever took it must be dead.
    next_at     timestamptz,
    -- Of the last attempt: when it began, how long it took, what was answered, or why there was no answer.
    tried_at    timestamptz,
    took_ms     integer,
    status      integer,
    answer      text,
    failure     text        collate "C",

    constraint webhook_deliveries_pkey primary key (tenant_id, id),
    constraint webhook_deliveries_once unique (endpoint_id, entity_id, seq, tenant_id),
    constraint webhook_deliveries_endpoint_exists
        foreign key (tenant_id, endpoint_id) references webhook_endpoints (tenant_id, id),
    constraint webhook_deliveries_entity_exists foreign key (entity_id, tenant_id) references entities (id, tenant_id),
    constraint webhook_deliveries_line_whole check ((entity_id is null) = (seq is null)),
    constraint webhook_deliveries_state_known check (state in ('waiting', 'delivered', 'failed')),
    constraint webhook_deliveries_waiting_has_time check ((state = 'waiting') = (next_at is not null)),
    constraint webhook_deliveries_attempts_natural check (attempts >= 0),
    constraint webhook_deliveries_answer_short check (octet_length(answer) <= 1024),
    constraint webhook_deliveries_status_known check (status between 100 and 999),
    constraint webhook_deliveries_failure_known
        check (failure in ('forbidden', 'unresolved', 'unreachable', 'tls', 'late', 'broken'))
);
create index webhook_deliveries_waiting on webhook_deliveries (endpoint_id, next_at) where state = 'waiting';
create index webhook_deliveries_of_endpoint on webhook_deliveries (tenant_id, endpoint_id, id desc);
create index webhook_deliveries_by_age on webhook_deliveries (tenant_id, created_at);

alter table webhook_endpoints enable row level security;
alter table webhook_endpoints force row level security;
create policy webhook_endpoints_of_tenant on webhook_endpoints
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on webhook_endpoints to brigade_app;
grant update (rev, url, description, events, state, sealed, previous_sealed, previous_until, changed_at, failing_since,
              dropped, dropped_at, removed_at)
    on webhook_endpoints to brigade_app;

alter table webhook_cursors enable row level security;
alter table webhook_cursors force row level security;
create policy webhook_cursors_of_tenant on webhook_cursors
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on webhook_cursors to brigade_app;
grant update (seq) on webhook_cursors to brigade_app;

alter table webhook_deliveries enable row level security;
alter table webhook_deliveries force row level security;
create policy webhook_deliveries_of_tenant on webhook_deliveries
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on webhook_deliveries to brigade_app;
grant update (state, attempts, next_at, tried_at, took_ms, status, answer, failure) on webhook_deliveries to brigade_app;

-- Which endpoints have something due, of all tenants: runs as its owner, and tells ids only. What is sent is read behind
-- the wall, tenant by tenant, by whoever asked.
create policy webhook_endpoints_of_the_post on webhook_endpoints for select to current_user using (true);
create policy webhook_deliveries_of_the_post on webhook_deliveries for select to current_user using (true);
create function brigade_webhooks_due(at timestamptz)
    returns table (tenant_id uuid, endpoint_id uuid)
    language sql stable security definer rows 20 set search_path = public, pg_temp as $$
    select known.tenant_id, known.id
    from webhook_endpoints known
    join tenants owner on owner.id = known.tenant_id and owner.status = 'active'
    where known.state = 'on' and known.removed_at is null
      and (select waiting.next_at from webhook_deliveries waiting
           where waiting.endpoint_id = known.id and waiting.state = 'waiting'
           order by waiting.next_at limit 1) <= at
$$;
revoke execute on function brigade_webhooks_due(timestamptz) from public;
grant execute on function brigade_webhooks_due(timestamptz) to brigade_app;
