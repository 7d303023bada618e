-- When each key that seals secrets was first the newest of the ring, by its id (never the key itself): who looks after
-- the server is reminded of one that has served 30 days. Without a wall: the keys are the platform's.
create table secret_keys (
    id    bytea       not null constraint secret_keys_pkey primary key,
    since timestamptz not null,

    constraint secret_keys_id_short check (octet_length(id) = 4)
);
grant select, insert on secret_keys to brigade_app;
