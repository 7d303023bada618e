-- A commit of conversations in one call: one round trip, and a transaction of its own when it is called outside one.
-- The rules stay where they are, in the constraints, triggers and walls of the tables: the functions run as whoever
-- calls them.

-- Moves the heads from `expected` to `versions`, appends the lines, and returns the entities whose log has moved on:
-- of those, nothing is written. Rivals wait for each other at the head's row.
create function brigade_append(
    owner uuid,
    heads uuid[], head_kinds text[], expected bigint[], versions bigint[],
    entities uuid[], seqs bigint[], times timestamptz[], requests uuid[], digests bigint[], answer_marks boolean[],
    kinds text[], parties text[], bodies text[]
) returns uuid[]
    language plpgsql as $$
declare
    late uuid[];
begin
    -- The heads of entities that nobody has written to. Whose head is made by a rival at this moment finds it moved
    -- afterwards.
    if 0 = any (expected) then
        insert into entities (tenant_id, id, kind, version)
        select owner, head.id, head.kind, 0
        from unnest(heads, head_kinds, expected) as head (id, kind, expected)
        where head.expected = 0
        on conflict (id, tenant_id) do nothing;
    end if;

    with moved as (
        update entities head set version = goal.version
        from unnest(heads, head_kinds, expected, versions) as goal (id, kind, expected, version)
        where head.tenant_id = owner and head.id = goal.id and head.kind = goal.kind and head.version = goal.expected
        returning head.id
    )
    select array(select unnest(heads) except all select moved.id from moved) into late;

    insert into event_log (tenant_id, entity_id, seq, at, request_id, request_digest, answers, kind, party, body)
    select owner, line.entity, line.seq, line.at, line.request, line.digest, line.answers, line.kind, line.party, line.body
    from unnest(entities, seqs, times, requests, digests, answer_marks, kinds, parties, bodies)
        as line (entity, seq, at, request, digest, answers, kind, party, body)
    where line.entity <> all (late);

    return late;
end
$$;

-- Writes the rows of conversations, except of those that are `late`.
create function brigade_save_conversations(
    owner uuid, late uuid[],
    ids uuid[], revs bigint[], kinds text[], statuses text[], visitors uuid[], accounts uuid[], assignees uuid[],
    waiting timestamptz[], messaged timestamptz[], settled timestamptz[], listings text[]
) returns void
    language plpgsql as $$
declare
    changed integer;
begin
    update conversations known
    set rev = fresh.rev, kind = fresh.kind, status = fresh.status, visitor_id = fresh.visitor,
        account_id = fresh.account, assignee = fresh.assignee, waiting_since = fresh.waiting,
        last_message_at = fresh.messaged, settled_at = fresh.settled, listing = fresh.listing
    from unnest(ids, revs, kinds, statuses, visitors, accounts, assignees, waiting, messaged, settled, listings)
        as fresh (id, rev, kind, status, visitor, account, assignee, waiting, messaged, settled, listing)
    where known.tenant_id = owner and known.id = fresh.id and fresh.id <> all (late);
    get diagnostics changed = row_count;

    if changed < (select count(*) from unnest(ids) as id where id <> all (late)) then
        insert into conversations (tenant_id, id, rev, kind, status, visitor_id, account_id, assignee, waiting_since,
                                   last_message_at, settled_at, listing)
        select owner, fresh.*
        from unnest(ids, revs, kinds, statuses, visitors, accounts, assignees, waiting, messaged, settled, listings)
            as fresh (id, rev, kind, status, visitor, account, assignee, waiting, messaged, settled, listing)
        where fresh.id <> all (late)
          and (select known.id from conversations known where known.tenant_id = owner and known.id = fresh.id) is null;
    end if;
end
$$;

-- Both, for the tenant given; the tenant is set as in every other transaction, for this one only.
create function brigade_commit_conversations(
    owner uuid,
    heads uuid[], head_kinds text[], expected bigint[], versions bigint[],
    entities uuid[], seqs bigint[], times timestamptz[], requests uuid[], digests bigint[], answer_marks boolean[],
    kinds text[], parties text[], bodies text[],
    ids uuid[], revs bigint[], row_kinds text[], statuses text[], visitors uuid[], accounts uuid[], assignees uuid[],
    waiting timestamptz[], messaged timestamptz[], settled timestamptz[], listings text[]
) returns uuid[]
    language plpgsql as $$
declare
    late uuid[];
begin
    perform set_config('brigade.tenant_id', owner::text, true);
    late := brigade_append(owner, heads, head_kinds, expected, versions, entities, seqs, times, requests, digests,
                           answer_marks, kinds, parties, bodies);
    perform brigade_save_conversations(owner, late, ids, revs, row_kinds, statuses, visitors, accounts, assignees,
                                       waiting, messaged, settled, listings);
    return late;
end
$$;
