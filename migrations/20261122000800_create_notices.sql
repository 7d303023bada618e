-- Notices: what each member of the staff is told. They are made from the logs, beside the commit and not in it
-- (docs/decisions/0014).

-- Who of the staff has said that chats are not welcome, as the log names them. The tenant entity's own; written with its events.
alter table tenants add column away text[] not null default '{}';
grant update (away) on tenants to brigade_app;

create table notices (
    tenant_id   uuid        not null,
    user_id     uuid        not null,
    -- What is told, and of what: together one thing, and one row of a person for ever.
    kind        text        not null collate "C",
    subject     uuid        not null,
    id          uuid        not null,
    -- How far it was told: the seq of the line it comes from; of what is due, the time in microseconds. What is not beyond it was told before.
    mark        bigint      not null,
    -- How often it happened since it was last read.
    times       integer     not null default 1,
    -- Who did it, as the log names them.
    party       text        collate "C",
    -- The line of the note that goes with it.
    note_seq    bigint,
    happened_at timestamptz not null,
    read_at     timestamptz,

    constraint notices_pkey primary key (tenant_id, user_id, kind, subject),
    constraint notices_id_once unique (tenant_id, id),
    constraint notices_tenant_exists foreign key (tenant_id) references tenants (id) on delete cascade,
    constraint notices_user_exists foreign key (user_id) references users (id) on delete cascade,
    constraint notices_kind_known
        check (kind in ('assigned', 'mentioned', 'answered', 'waiting', 'due', 'accepted', 'entrusted', 'webhook_off')),
    constraint notices_times_positive check (times > 0)
);
-- A person's own, newest first.
create index notices_of_person on notices (tenant_id, user_id, happened_at desc);
-- Of one conversation, for whoever reads it.
create index notices_of_subject on notices (tenant_id, subject);

-- No more than can be looked through: the oldest make room.
create function brigade_bound_notices() returns trigger
    language plpgsql as $$
begin
    delete from notices told
    using (
        select id from notices
        where tenant_id = new.tenant_id and user_id = new.user_id
        order by happened_at desc offset 200
    ) as beyond
    where told.tenant_id = new.tenant_id and told.id = beyond.id;
    return null;
end
$$;
create trigger notices_bounded after insert on notices
    for each row execute function brigade_bound_notices();

-- Who is nothing in a tenant any more, or a client, is told nothing there.
create function brigade_remove_notices() returns trigger
    language plpgsql as $$
begin
    delete from notices
    where tenant_id = old.tenant_id and user_id = old.user_id
      and not exists (
          select from memberships where tenant_id = old.tenant_id and user_id = old.user_id and role <> 'client');
    return null;
end
$$;
create trigger notices_go_with_membership after delete or update of role on memberships
    for each row execute function brigade_remove_notices();

alter table notices enable row level security;
alter table notices force row level security;
create policy notices_of_tenant on notices
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert, delete on notices to brigade_app;
grant update (mark, times, party, note_seq, happened_at, read_at) on notices to brigade_app;

-- How far each log has been read for those who are told. An entity without a row is younger than this table: it is read
-- from its beginning.
create table notice_cursors (
    tenant_id uuid   not null,
    entity_id uuid   not null,
    seq       bigint not null,

    -- The id first, as in entities.
    constraint notice_cursors_pkey primary key (entity_id, tenant_id),
    constraint notice_cursors_entity_exists foreign key (entity_id, tenant_id) references entities (id, tenant_id),
    constraint notice_cursors_seq_natural check (seq >= 0)
) with (fillfactor = 50);

alter table notice_cursors enable row level security;
alter table notice_cursors force row level security;
create policy notice_cursors_of_tenant on notice_cursors
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on notice_cursors to brigade_app;
grant update (seq) on notice_cursors to brigade_app;

-- What was there before: nobody is told of it any more.
do $$
declare
    business uuid;
begin
    for business in select id from tenants loop
        perform set_config('brigade.tenant_id', business::text, true);
        insert into notice_cursors (tenant_id, entity_id, seq)
            select tenant_id, id, version from entities
            where tenant_id = business and kind in ('conversation', 'account');
        update tenants set away = array(
            select said.who from (
                select distinct on (line.body::jsonb ->> 'user')
                       line.body::jsonb ->> 'user' as who, (line.body::jsonb ->> 'available')::boolean as available
                from event_log line
                where line.tenant_id = business and line.entity_id = business and line.kind = 'availability_set'
                order by line.body::jsonb ->> 'user', line.seq desc
            ) as said where not said.available)
        where id = business;
    end loop;
    perform set_config('brigade.tenant_id', '', true);
end
$$;
