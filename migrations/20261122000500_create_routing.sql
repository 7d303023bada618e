-- Routing: conversations that wait are given to people who are there and have room.

-- How a tenant does it: null by hand, otherwise the mode, how many everybody can take, and who takes none for now:
-- {"mode": "round_robin", "capacity": 5, "people": {"<user>": 8}, "away": ["<user>"]}. The tenant entity's own; written
-- with its events.
alter table tenants add column routing jsonb;
alter table tenants add constraint tenants_routing_known check (
    routing is null or (
        jsonb_typeof(routing) = 'object' and routing - array['mode', 'capacity', 'people', 'away'] = '{}'
        and coalesce(routing ->> 'mode' in ('round_robin', 'least_busy'), false)
        and coalesce(jsonb_typeof(routing -> 'people') = 'object', false)
        and coalesce(jsonb_typeof(routing -> 'away') = 'array', false)
        and coalesce(jsonb_typeof(routing -> 'capacity') = 'number', false)
        and not jsonb_path_exists(routing, '$.capacity ? (!(@ >= 1 && @ <= 100))')
        and not jsonb_path_exists(routing, '$.people.* ? (!(@ >= 1 && @ <= 100))')
    )
);
grant update (routing) on tenants to brigade_app;
-- The tenants that are looked after every second.
create index tenants_that_route on tenants (id) where routing is not null;

-- Who is there to be given something, as their node says. Not renewed, it ends.
create table routing_presence (
    tenant_id uuid        not null,
    user_id   uuid        not null,
    node      uuid        not null,
    until     timestamptz not null,

    constraint routing_presence_pkey primary key (tenant_id, user_id, node),
    constraint routing_presence_tenant_exists foreign key (tenant_id) references tenants (id) on delete cascade,
    constraint routing_presence_user_exists foreign key (user_id) references users (id) on delete cascade
);

-- When it was whose turn last: the highest was last.
create table routing_turns (
    tenant_id uuid   not null,
    user_id   uuid   not null,
    turn      bigint not null,

    constraint routing_turns_pkey primary key (tenant_id, user_id),
    constraint routing_turns_turn_once unique (tenant_id, turn),
    constraint routing_turns_tenant_exists foreign key (tenant_id) references tenants (id) on delete cascade,
    constraint routing_turns_user_exists foreign key (user_id) references users (id) on delete cascade,
    constraint routing_turns_turn_positive check (turn > 0)
);

-- Whom each conversation was given to last. While pending it is on its way: it counts as theirs, and is given to nobody
-- else.
create table routing_gifts (
    tenant_id       uuid    not null,
    conversation_id uuid    not null,
    user_id         uuid    not null,
    -- Names the command that asks the conversation.
    id              uuid    not null,
    pending         boolean not null,

    constraint routing_gifts_pkey primary key (tenant_id, conversation_id),
    constraint routing_gifts_conversation_exists
        foreign key (tenant_id, conversation_id) references entities (tenant_id, id) on delete cascade,
    constraint routing_gifts_user_exists foreign key (user_id) references users (id) on delete cascade
);
create index routing_gifts_pending on routing_gifts (tenant_id, user_id) where pending;

-- What is on its way to somebody is not turned away to somebody else.
create function brigade_keep_gift() returns trigger
    language plpgsql as $$
begin
    raise exception 'the conversation % is on its way to somebody', new.conversation_id
        using errcode = 'integrity_constraint_violation', constraint = 'routing_gifts_given_once', table = 'routing_gifts';
end
$$;
create trigger routing_gifts_given_once before update on routing_gifts
    for each row when (old.pending and (new.user_id <> old.user_id or new.id <> old.id))
    execute function brigade_keep_gift();

alter table routing_presence enable row level security;
alter table routing_presence force row level security;
create policy routing_presence_of_tenant on routing_presence
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on routing_presence to brigade_app;
grant update (until) on routing_presence to brigade_app;

alter table routing_turns enable row level security;
alter table routing_turns force row level security;
create policy routing_turns_of_tenant on routing_turns
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on routing_turns to brigade_app;
grant update (turn) on routing_turns to brigade_app;

alter table routing_gifts enable row level security;
alter table routing_gifts force row level security;
create policy routing_gifts_of_tenant on routing_gifts
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on routing_gifts to brigade_app;
grant update (user_id, id, pending) on routing_gifts to brigade_app;
