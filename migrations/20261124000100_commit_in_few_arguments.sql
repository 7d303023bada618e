-- The functions of 20261121001200 and 20261123000400, with lines and rows as arrays of one type each: PostgreSQL puts a row together from
-- one array instead of eighteen beside each other.

-- A head: where it is expected, and where it goes.
create type brigade_head as (id uuid, kind text, expected bigint, version bigint);

-- A line of a log, as `event_log` has it.
create type brigade_line as (
    entity_id uuid, seq bigint, at timestamptz, request_id uuid, request_digest bigint, answers boolean, kind text, party text, body text
);

-- A row of `conversations`.
create type brigade_conversation as (
    id uuid, rev bigint, kind text, status text, visitor_id uuid, account_id uuid, assignee uuid, team uuid, waiting_since timestamptz,
    last_message_at timestamptz, settled_at timestamptz, snoozed_until timestamptz, woken_at timestamptz, priority text, labels uuid[],
    due_at timestamptz, warn_at timestamptz, listing text
);

drop function brigade_commit_conversations(
    uuid, uuid[], text[], bigint[], bigint[], uuid[], bigint[], timestamptz[], uuid[], bigint[], boolean[], text[], text[], text[],
    uuid[], bigint[], text[], text[], uuid[], uuid[], uuid[], uuid[], timestamptz[], timestamptz[], timestamptz[], timestamptz[],
    timestamptz[], text[], text[], timestamptz[], timestamptz[], text[]);
drop function brigade_save_conversations(
    uuid, uuid[], uuid[], bigint[], text[], text[], uuid[], uuid[], uuid[], uuid[], timestamptz[], timestamptz[], timestamptz[],
    timestamptz[], timestamptz[], text[], text[], timestamptz[], timestamptz[], text[]);
drop function brigade_append(
    uuid, uuid[], text[], bigint[], bigint[], uuid[], bigint[], timestamptz[], uuid[], bigint[], boolean[], text[], text[], text[]);

-- Moves the heads, appends the lines, and returns the entities whose log has moved on: of those, nothing is written. Rivals wait for each
-- other at the head's row. `some_new`: some are expected at 0.
create function brigade_append(owner uuid, heads brigade_head[], some_new boolean, lines brigade_line[]) returns uuid[]
    language plpgsql as $$
declare
    late uuid[];
begin
    -- The heads of entities that nobody has written to. Whose head is made by a rival at this moment finds it moved
    -- afterwards.
    if some_new then
        insert into entities (tenant_id, id, kind, version)
        select owner, head.id, head.kind, 0 from unnest(heads) as head where head.expected = 0
        on conflict (id, tenant_id) do nothing;
    end if;

    with moved as (
        update entities head set version = goal.version from unnest(heads) as goal
        where head.tenant_id = owner and head.id = goal.id and head.kind = goal.kind and head.version = goal.expected
        returning head.id
    )
    select array(select goal.id from unnest(heads) as goal except all select moved.id from moved) into late;

    insert into event_log (tenant_id, entity_id, seq, at, request_id, request_digest, answers, kind, party, body)
    select owner, line.* from unnest(lines) as line where line.entity_id <> all (late);

    return late;
end
$$;

-- Writes the rows of conversations, except of those that are `late`.
create function brigade_save_conversations(owner uuid, late uuid[], conversation_rows brigade_conversation[]) returns void
    language plpgsql as $$
declare
    changed integer;
begin
    update conversations known
    set rev = fresh.rev, kind = fresh.kind, status = fresh.status, visitor_id = fresh.visitor_id,
        account_id = fresh.account_id, assignee = fresh.assignee, team = fresh.team, waiting_since = fresh.waiting_since,
        last_message_at = fresh.last_message_at, settled_at = fresh.settled_at, snoozed_until = fresh.snoozed_until,
        woken_at = fresh.woken_at, priority = fresh.priority, labels = fresh.labels, due_at = fresh.due_at,
        warn_at = fresh.warn_at, listing = fresh.listing
    from unnest(conversation_rows) as fresh
    where known.tenant_id = owner and known.id = fresh.id and fresh.id <> all (late);
    get diagnostics changed = row_count;

    if changed < cardinality(conversation_rows) then
        insert into conversations (tenant_id, id, rev, kind, status, visitor_id, account_id, assignee, team, waiting_since,
                                   last_message_at, settled_at, snoozed_until, woken_at, priority, labels, due_at, warn_at, listing)
        select owner, fresh.* from unnest(conversation_rows) as fresh
        where fresh.id <> all (late)
          and (select known.id from conversations known where known.tenant_id = owner and known.id = fresh.id) is null;
    end if;
end
$$;

-- Both, for the tenant given; the tenant is set as in every other transaction, for this one only.
create function brigade_commit_conversations(
    owner uuid, heads brigade_head[], some_new boolean, lines brigade_line[], conversation_rows brigade_conversation[]
) returns uuid[]
    language plpgsql as $$
declare
    late uuid[];
begin
    perform set_config('brigade.tenant_id', owner::text, true);
    late := brigade_append(owner, heads, some_new, lines);
    perform brigade_save_conversations(owner, late, conversation_rows);
    return late;
end
$$;
