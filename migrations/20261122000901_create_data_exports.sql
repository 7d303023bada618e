-- Copies of what is known of somebody, made when they ask for one.
create table data_exports (
    id           uuid        not null constraint data_exports_pkey primary key,
    user_id      uuid        not null,
    requested_at timestamptz not null,
    -- The attempt that is making it, or made it: its bytes are kept under this id.
    build        uuid,
    -- How far it is.
    steps_done   integer     not null default 0,
    steps        integer     not null default 0,
    -- How large it is; null until it is there.
    bytes        bigint,
    finished_at  timestamptz,
    -- From then on it is gone: a day after it was asked for, and once it is there, 7 days later.
    expires_at   timestamptz not null,

    constraint data_exports_user_exists foreign key (user_id) references users (id) on delete cascade,
    constraint data_exports_build_once unique (build),
    constraint data_exports_whole check ((bytes is null) = (finished_at is null) and (bytes is null or build is not null)),
    constraint data_exports_bytes_positive check (bytes > 0),
    constraint data_exports_steps_counted check (steps_done between 0 and steps),
    constraint data_exports_kept_shortly check (
        expires_at > requested_at and expires_at <= coalesce(finished_at + interval '7 days', requested_at + interval '1 day'))
);
create index data_exports_by_user on data_exports (user_id, requested_at);

-- One at a time, and one an hour. Whoever asks twice at once waits for themself.
create function brigade_bound_data_exports() returns trigger
    language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('data_exports ' || new.user_id::text, 0));
    if exists (
        select from data_exports
        where user_id = new.user_id and id <> new.id and expires_at > new.requested_at
          and (bytes is null or requested_at > new.requested_at - interval '1 hour')
    ) then
        raise exception '% has asked for a copy already', new.user_id
            using errcode = 'integrity_constraint_violation', constraint = 'data_exports_one_an_hour', table = 'data_exports';
    end if;
    return new;
end
$$;
create trigger data_exports_one_an_hour before insert on data_exports
    for each row execute function brigade_bound_data_exports();

-- A person's own, with brigade.user_id set.
alter table data_exports enable row level security;
alter table data_exports force row level security;
create policy data_exports_of_user on data_exports
    using (user_id = (select nullif(current_setting('brigade.user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('brigade.user_id', true), '')::uuid));
grant select, insert, delete on data_exports to brigade_app;
grant update (build, steps_done, steps, bytes, finished_at, expires_at) on data_exports to brigade_app;
