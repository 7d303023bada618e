-- Teams: staff who can be given a conversation together.

-- Who is in which: {"<team>": ["<user>"]}. What a team is called is the tenant entity's own; these ids say which there are, and
-- whom routing chooses among. Written with its events.
alter table tenants add column teams jsonb not null default '{}';
alter table tenants add constraint tenants_teams_known check (
    jsonb_typeof(teams) = 'object'
    and jsonb_array_length(jsonb_path_query_array(teams, '$.keyvalue()')) <= 50
    and not jsonb_path_exists(teams, 'strict $.* ? (@.type() != "array" || @.size() > 200)')
);
grant update (teams) on tenants to brigade_app;

-- Who is put into a team is of the tenant's staff at that moment. Who leaves the staff leaves it some moments later.
create function brigade_check_members() returns trigger
    language plpgsql as $$
begin
    if exists (
        select from jsonb_each(new.teams) team, jsonb_array_elements_text(team.value) member
        where not coalesce((old.teams -> team.key) ? member.value, false)
          and not exists (
              select from memberships
              where tenant_id = new.id and user_id = member.value::uuid and role <> 'client'
          )
    ) then
        raise exception 'somebody who is not of the staff of the tenant % is put into a team', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'tenants_members_are_staff', table = 'tenants';
    end if;
    return null;
end
$$;
create trigger tenants_members_are_staff after update on tenants
    for each row when (new.teams is distinct from old.teams) execute function brigade_check_members();

-- What a conversation is given to is one of the tenant's teams at that moment. One that is removed later stays written on what was
-- given to it, and counts as none.
alter table conversations add column team uuid;
grant update (team) on conversations to brigade_app;

create function brigade_check_team() returns trigger
    language plpgsql as $$
begin
    if not exists (select from tenants where id = new.tenant_id and teams ? new.team::text) then
        raise exception 'conversation % is given to a team that the tenant does not have', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'conversations_team_exists', table = 'conversations';
    end if;
    return null;
end
$$;
create trigger conversations_team_exists after update on conversations
    for each row when (new.team is not null and new.team is distinct from old.team) execute function brigade_check_team();
-- Not on insert: a chat gets its row with the visitor's first words, and those are not refused for what became of a team it was
-- given to before. What names no team of the tenant's counts as none wherever it is read.

-- Views can ask for it.
alter table inbox_views
    drop constraint inbox_views_criteria_known,
    add constraint inbox_views_criteria_known check (
        jsonb_typeof(criteria) = 'object'
        and criteria - array['status', 'waiting', 'assignee', 'team', 'label', 'priority', 'due'] = '{}'
        and criteria ->> 'status' is not null and criteria ->> 'status' in ('open', 'snoozed', 'resolved')
    );

-- The functions of 20261122000600, with the column above.
drop function brigade_commit_conversations(
    uuid, uuid[], text[], bigint[], bigint[], uuid[], bigint[], timestamptz[], uuid[], bigint[], boolean[], text[], text[], text[],
    uuid[], bigint[], text[], text[], uuid[], uuid[], uuid[], timestamptz[], timestamptz[], timestamptz[], timestamptz[], timestamptz[],
    text[], text[], timestamptz[], timestamptz[], text[]);
drop function brigade_save_conversations(
    uuid, uuid[], uuid[], bigint[], text[], text[], uuid[], uuid[], uuid[], timestamptz[], timestamptz[], timestamptz[], timestamptz[],
    timestamptz[], text[], text[], timestamptz[], timestamptz[], text[]);

create function brigade_save_conversations(
    owner uuid, late uuid[],
    ids uuid[], revs bigint[], kinds text[], statuses text[], visitors uuid[], accounts uuid[], assignees uuid[], given_to uuid[],
    waiting timestamptz[], messaged timestamptz[], settled timestamptz[], snoozed timestamptz[], woken timestamptz[],
    priorities text[], label_lists text[], dues timestamptz[], warnings timestamptz[], listings text[]
) returns void
    language plpgsql as $$
declare
    changed integer;
begin
    update conversations known
    set rev = fresh.rev, kind = fresh.kind, status = fresh.status, visitor_id = fresh.visitor,
        account_id = fresh.account, assignee = fresh.assignee, team = fresh.team, waiting_since = fresh.waiting,
        last_message_at = fresh.messaged, settled_at = fresh.settled, snoozed_until = fresh.snoozed,
        woken_at = fresh.woken, priority = fresh.priority, labels = fresh.labels::uuid[], due_at = fresh.due,
        warn_at = fresh.warning, listing = fresh.listing
    from unnest(ids, revs, kinds, statuses, visitors, accounts, assignees, given_to, waiting, messaged, settled,
                snoozed, woken, priorities, label_lists, dues, warnings, listings)
        as fresh (id, rev, kind, status, visitor, account, assignee, team, waiting, messaged, settled, snoozed, woken,
                  priority, labels, due, warning, listing)
    where known.tenant_id = owner and known.id = fresh.id and fresh.id <> all (late);
    get diagnostics changed = row_count;

    if changed < (select count(*) from unnest(ids) as id where id <> all (late)) then
        insert into conversations (tenant_id, id, rev, kind, status, visitor_id, account_id, assignee, team, waiting_since,
                                   last_message_at, settled_at, snoozed_until, woken_at, priority, labels, due_at, warn_at, listing)
        select owner, fresh.id, fresh.rev, fresh.kind, fresh.status, fresh.visitor, fresh.account, fresh.assignee, fresh.team,
               fresh.waiting, fresh.messaged, fresh.settled, fresh.snoozed, fresh.woken, fresh.priority,
               fresh.labels::uuid[], fresh.due, fresh.warning, fresh.listing
        from unnest(ids, revs, kinds, statuses, visitors, accounts, assignees, given_to, waiting, messaged, settled,
                    snoozed, woken, priorities, label_lists, dues, warnings, listings)
            as fresh (id, rev, kind, status, visitor, account, assignee, team, waiting, messaged, settled, snoozed, woken,
                      priority, labels, due, warning, listing)
        where fresh.id <> all (late)
          and (select known.id from conversations known where known.tenant_id = owner and known.id = fresh.id) is null;
    end if;
end
$$;

create function brigade_commit_conversations(
    owner uuid,
    heads uuid[], head_kinds text[], expected bigint[], versions bigint[],
    entities uuid[], seqs bigint[], times timestamptz[], requests uuid[], digests bigint[], answer_marks boolean[],
    kinds text[], parties text[], bodies text[],
    ids uuid[], revs bigint[], row_kinds text[], statuses text[], visitors uuid[], accounts uuid[], assignees uuid[], given_to uuid[],
    waiting timestamptz[], messaged timestamptz[], settled timestamptz[], snoozed timestamptz[], woken timestamptz[],
    priorities text[], label_lists text[], dues timestamptz[], warnings timestamptz[], listings text[]
) returns uuid[]
    language plpgsql as $$
declare
    late uuid[];
begin
    perform set_config('brigade.tenant_id', owner::text, true);
    late := brigade_append(owner, heads, head_kinds, expected, versions, entities, seqs, times, requests, digests,
                           answer_marks, kinds, parties, bodies);
    perform brigade_save_conversations(owner, late, ids, revs, row_kinds, statuses, visitors, accounts, assignees, given_to,
                                       waiting, messaged, settled, snoozed, woken, priorities, label_lists, dues, warnings, listings);
    return late;
end
$$;
