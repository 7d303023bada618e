-- What the staff find conversations by: the words of each stretch of a log, made from the log some time after the commit
-- (store/src/chat/search). Nothing here is truth: emptied, it is made anew.

-- How far a conversation has been looked through, the words of its names, which are in each of its stretches, and how many
-- words were first met in it.
create table search_progress (
    tenant_id       uuid   not null,
    conversation_id uuid   not null,
    rev             bigint not null,
    names           text[] not null,
    -- Whoever writes nonsense fills no more than this with it.
    spelled         integer not null default 0,

    constraint search_progress_pkey primary key (conversation_id, tenant_id),
    constraint search_progress_conversation_exists
        foreign key (conversation_id, tenant_id) references conversations (id, tenant_id),
    constraint search_progress_rev_natural check (rev >= 0),
    constraint search_progress_spelled_bounded check (spelled between 0 and 300)
);

create table search_parts (
    tenant_id       uuid        not null,
    conversation_id uuid        not null,
    -- The stretch: lines from part * 128 + 1 on.
    part            bigint      not null,
    -- When the first and the last message in it were sent.
    oldest_at       timestamptz not null,
    newest_at       timestamptz not null,
    -- Each begins with a few letters of its tenant's own, so that a common word is looked for among the tenant's only.
    words           tsvector    not null,

    constraint search_parts_pkey primary key (conversation_id, part, tenant_id),
    constraint search_parts_progress_exists
        foreign key (conversation_id, tenant_id) references search_progress (conversation_id, tenant_id),
    constraint search_parts_part_natural check (part >= 0),
    constraint search_parts_in_order check (oldest_at <= newest_at)
    -- The words are kept beside the rows: of a common word every row is read for its time, and none for its words.
) with (toast_tuple_target = 128);
alter table search_parts alter column words set storage external;
create index search_parts_by_word on search_parts using gin (words);

-- Words by what is left of them without one of their letters: two that differ by one letter share one of these.
create table search_spellings (
    tenant_id uuid not null,
    spelling  text not null collate "C",
    word      text not null collate "C",

    constraint search_spellings_pkey primary key (tenant_id, spelling, word),
    constraint search_spellings_tenant_exists foreign key (tenant_id) references tenants (id)
);

alter table search_progress enable row level security;
alter table search_progress force row level security;
create policy search_progress_of_tenant on search_progress
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on search_progress to brigade_app;
grant update (rev, names, spelled) on search_progress to brigade_app;

alter table search_parts enable row level security;
alter table search_parts force row level security;
create policy search_parts_of_tenant on search_parts
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on search_parts to brigade_app;
grant update (oldest_at, newest_at, words) on search_parts to brigade_app;

alter table search_spellings enable row level security;
alter table search_spellings force row level security;
create policy search_spellings_of_tenant on search_spellings
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on search_spellings to brigade_app;

-- Looks into the index. Behind a wall only leakproof operators reach one, and a text search is none: so this runs as its
-- owner, who may read this one table, and keeps to the tenant that is set. What it finds is looked up in
-- `conversations`, behind the wall, by whoever asked.
create policy search_parts_of_the_search on search_parts for select to current_user using (true);
create function brigade_search(wanted tsquery, since timestamptz, until timestamptz, most integer)
    returns table (conversation_id uuid, part bigint, newest_at timestamptz)
    language sql stable security definer rows 200 set search_path = public, pg_temp
    -- The planner takes words kept beside the rows for free, and would rather read all of them than the index.
    set enable_seqscan = off as $$
    select found.conversation_id, found.part, found.newest_at
    from search_parts found
    where found.words @@ wanted
      and found.tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid)
      and found.newest_at >= since and found.oldest_at < until
    order by found.newest_at desc, found.conversation_id
    limit most
$$;
revoke execute on function brigade_search(tsquery, timestamptz, timestamptz, integer) from public;
grant execute on function brigade_search(tsquery, timestamptz, timestamptz, integer) to brigade_app;
