-- The operator looks through the platform's own record by event and by time. The chains of businesses are read from their
-- ends and need neither.
create index audit_log_of_platform_by_event on audit_log (event_type, seq)
    where tenant_id = '00000000-0000-0000-0000-000000000000';
create index audit_log_of_platform_by_time on audit_log (at, seq)
    where tenant_id = '00000000-0000-0000-0000-000000000000';
