-- A business on the platform. No row-level security: it is what a request's tenant is found in, by key or
-- slug, before any tenant is set; it holds no data of the tenant's customers.
create table tenants (
    id              uuid        not null constraint tenants_pkey primary key,
    slug            text        not null collate "C",
    name            text        not null,
    status          text        not null collate "C" default 'active',
    allowed_origins text[]      not null default '{}',
    -- What the tenant entity looks up beside its log: zone, hours, greeting.
    settings        jsonb       not null default '{}',
    created_at      timestamptz not null default now(),

    constraint tenants_slug_once unique (slug),
    constraint tenants_slug_shape check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    constraint tenants_name_length check (length(name) between 1 and 200),
    constraint tenants_status_known check (status in ('active', 'suspended')),
    constraint tenants_origins_bounded check (cardinality(allowed_origins) <= 50),
    constraint tenants_settings_object check (jsonb_typeof(settings) = 'object')
);

grant select, insert on tenants to brigade_app;
grant update (name, status, allowed_origins, settings) on tenants to brigade_app;
