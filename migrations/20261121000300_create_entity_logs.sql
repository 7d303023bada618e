-- Every change of an entity is one line of its log: 1, 2, 3 … without holes.

-- The head of each log. Committing moves it from the version a command was decided on; whoever finds
-- another version there has lost the race.
create table entities (
    tenant_id uuid    not null,
    id        uuid    not null,
    kind      text    not null collate "C",
    version   bigint  not null,
    epoch     integer not null default 1,

    -- The id first: a key that began with the tenant would let a plan read all of a tenant's heads to move a few.
    constraint entities_pkey primary key (id, tenant_id),
    constraint entities_tenant_exists foreign key (tenant_id) references tenants (id),
    constraint entities_kind_known check (kind in ('tenant', 'account', 'conversation')),
    constraint entities_version_natural check (version >= 0),
    constraint entities_epoch_positive check (epoch > 0)
    -- The version changes with every commit and is in no index: updates stay on their page.
) with (fillfactor = 50);

create table event_log (
    tenant_id      uuid        not null,
    entity_id      uuid        not null,
    seq            bigint      not null,
    at             timestamptz not null,
    -- The command that caused the line; `answers` marks the last line of each command, whose seq is the answer.
    request_digest bigint,
    request_id     uuid,
    answers        boolean     not null,
    kind           text        not null collate "C",
    party          text        not null collate "C",
    -- JSON text, kept and sent verbatim; never parsed on the way in.
    body           text        not null collate "C",
    -- The message that a later edit, deletion or reaction is about.
    amends         bigint      generated always as (case
        when kind in ('message_edited', 'message_deleted', 'reaction_changed') then ((body::jsonb) ->> 'seq')::bigint
    end) stored,

    -- The entity first, here and below: what tells lines apart is compared first, millions of times.
    constraint event_log_pkey primary key (entity_id, seq, tenant_id),
    constraint event_log_seq_positive check (seq > 0),
    constraint event_log_kind_named check (kind <> ''),
    constraint event_log_party_named check (party <> ''),
    constraint event_log_body_present check (body <> ''),
    constraint event_log_request_whole check ((request_id is null) = (request_digest is null)),
    constraint event_log_answer_has_request check (not answers or request_id is not null)
);

-- A command's key happens once for an entity.
create unique index event_log_request_once on event_log (entity_id, request_id, tenant_id) where answers;

-- What was done to a message later. (An index on the expression itself would not be used: under row-level security
-- only leakproof operators reach an index, and a cast is none.)
create index event_log_amendments on event_log (entity_id, amends, seq, tenant_id) where amends is not null;

-- No hole, whoever writes: checked once for each statement. With the primary key this makes every log 1, 2, 3 …,
-- whatever its head says. (A scalar look-up by a bare column: for a join the planner may read the whole log into a
-- hash table, and a computed value is not leakproof.)
create function brigade_check_log() returns trigger
    language plpgsql as $$
declare
    wrong uuid;
begin
    select added.entity_id into wrong
    from (
        select lines.tenant_id, lines.entity_id, min(lines.seq) - 1 as before, max(lines.seq) - count(*) as whole
        from new_lines lines
        group by lines.tenant_id, lines.entity_id
    ) added
    where added.before <> added.whole
       or (added.before > 0 and (
            select line.seq from event_log line
            where line.tenant_id = added.tenant_id and line.entity_id = added.entity_id
              and line.seq = added.before) is null)
    limit 1;
    if found then
        raise exception 'the lines added to % do not continue its log', wrong
            using errcode = 'integrity_constraint_violation', constraint = 'event_log_without_holes', table = 'event_log';
    end if;
    return null;
end
$$;

create trigger event_log_without_holes after insert on event_log
    referencing new table as new_lines
    for each statement execute function brigade_check_log();

create trigger event_log_append_only before update or delete or truncate on event_log
    for each statement execute function brigade_refuse_change();

-- The newest snapshot of each entity: loading starts here. Losing one costs time, not data.
create table snapshots (
    tenant_id uuid   not null,
    entity_id uuid   not null,
    seq       bigint not null,
    state     text   not null collate "C",

    constraint snapshots_pkey primary key (tenant_id, entity_id),
    constraint snapshots_entity_exists foreign key (tenant_id, entity_id) references entities (tenant_id, id),
    constraint snapshots_seq_positive check (seq > 0),
    constraint snapshots_state_present check (state <> '')
);

alter table entities enable row level security;
alter table entities force row level security;
create policy entities_of_tenant on entities
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on entities to brigade_app;
grant update (version) on entities to brigade_app;

alter table event_log enable row level security;
alter table event_log force row level security;
create policy event_log_of_tenant on event_log
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on event_log to brigade_app;

alter table snapshots enable row level security;
alter table snapshots force row level security;
create policy snapshots_of_tenant on snapshots
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on snapshots to brigade_app;
grant update (seq, state) on snapshots to brigade_app;
