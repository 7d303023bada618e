-- Who did what, append-only and hash-chained: each line's hash covers its fields and the hash of the line before,
-- so a changed, removed or inserted line breaks the chain of its tenant (`brigade audit verify`).
-- Lines of no tenant (a sign-in, the operator's work) belong to the chain of the nil uuid; hence, and because
-- the record outlives the tenant, no foreign key to tenants.
create table audit_log (
    tenant_id  uuid        not null,
    seq        bigint      not null,
    at         timestamptz not null,
    event_type text        not null collate "C",
    actor      text        not null collate "C",
    ip         text        collate "C",
    request_id text        collate "C",
    result     text        not null collate "C",
    -- JSON text, hashed verbatim.
    metadata   text        not null collate "C",
    prev_hash  bytea       not null,
    hash       bytea       not null,

    constraint audit_log_pkey primary key (tenant_id, seq),
    constraint audit_log_seq_positive check (seq > 0),
    constraint audit_log_event_type_shape check (event_type ~ '^[a-z0-9_.]{1,100}$'),
    constraint audit_log_actor_named check (actor <> ''),
    constraint audit_log_result_known check (result in ('succeeded', 'refused', 'failed')),
    constraint audit_log_metadata_object check (jsonb_typeof(metadata::jsonb) = 'object'),
    constraint audit_log_hash_length check (octet_length(hash) = 32 and octet_length(prev_hash) = 32)
);

create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function brigade_refuse_change();

-- Takes the tenant's turn at the chain until the transaction ends, then reads the chain's end. The second
-- statement must see what the turn before committed, hence a volatile function and not one statement.
create function brigade_audit_head(tenant uuid, out seq bigint, out hash bytea)
    language plpgsql volatile as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('brigade.audit_log', 0) # hashtextextended(tenant::text, 1));
    select line.seq, line.hash into seq, hash
    from audit_log line where line.tenant_id = tenant order by line.seq desc limit 1;
    if not found then
        seq := 0;
        hash := decode(repeat('00', 32), 'hex');
    end if;
end
$$;

alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy audit_log_of_tenant on audit_log
    using (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('brigade.tenant_id', true), '')::uuid));
grant select, insert on audit_log to brigade_app;
