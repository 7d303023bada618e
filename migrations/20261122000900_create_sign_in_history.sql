-- When and from where somebody signed in, or tried to, and what changed about how they do: for themselves, for 90 days.
--
-- The audit log has most of it too, for the business: for good, by tenant, with the whole address and without the device. This is the
-- person's own: it goes when they go, says no more of an address than its network, and is read without reading a chain.

create table sign_in_history (
    id         uuid        not null constraint sign_in_history_pkey primary key,
    user_id    uuid        not null,
    at         timestamptz not null,
    what       text        not null collate "C",
    -- What the browser or program called itself; null: the operator, at the command line.
    device     text,
    -- The network of the address: /24, or /48 for IPv6.
    network    text        collate "C",
    -- The session that began.
    session_id uuid,
    -- Nobody had signed in from there before: they were told by mail.
    new_device boolean     not null default false,

    constraint sign_in_history_user_exists foreign key (user_id) references users (id) on delete cascade,
    constraint sign_in_history_what_known check (what in (
        'signed_in', 'program_signed_in', 'password_refused', 'code_refused', 'password_changed', 'password_reset',
        'second_factor_on', 'second_factor_off', 'second_factor_reset', 'recovery_codes_renewed', 'recovery_code_used',
        'signed_out_everywhere')),
    constraint sign_in_history_device_length check (length(device) <= 200),
    constraint sign_in_history_network_coarse check (network ~ '^[0-9.]+\.0/24$' or network ~ '^[0-9a-f:]+::/48$'),
    constraint sign_in_history_session_of_sign_in check (session_id is null or what in ('signed_in', 'program_signed_in')),
    constraint sign_in_history_new_device_of_sign_in check (not new_device or what in ('signed_in', 'program_signed_in'))
);
create index sign_in_history_by_user on sign_in_history (user_id, id);
create index sign_in_history_by_age on sign_in_history (at);

-- Somebody who guesses cannot fill it, and does not push out what its owner did.
create function brigade_bound_sign_in_history() returns trigger
    language plpgsql as $$
declare
    refusals constant text[] := array['password_refused', 'code_refused'];
    refused boolean := new.what = any (refusals);
begin
    delete from sign_in_history
    where user_id = new.user_id and (what = any (refusals)) = refused
      and id <= (select id from sign_in_history
                 where user_id = new.user_id and (what = any (refusals)) = refused
                 order by id desc offset (case when refused then 200 else 1000 end) limit 1);
    return null;
end
$$;
create trigger sign_in_history_bounded after insert on sign_in_history
    for each row execute function brigade_bound_sign_in_history();

-- A person's own, with brigade.user_id set; and to be taken away, what is over.
alter table sign_in_history enable row level security;
alter table sign_in_history force row level security;
create policy sign_in_history_of_user on sign_in_history
    using (user_id = (select nullif(current_setting('brigade.user_id', true), '')::uuid))
    with check (user_id = (select nullif(current_setting('brigade.user_id', true), '')::uuid));
create policy sign_in_history_over_seen on sign_in_history for select using (at < now() - interval '90 days');
create policy sign_in_history_over_gone on sign_in_history for delete using (at < now() - interval '90 days');
grant select, insert, delete on sign_in_history to brigade_app;
