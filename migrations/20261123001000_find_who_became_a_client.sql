-- Who was invited, became a client or was taken back: the few lines of a conversation that reports look for on the way from an enquiry to a
-- client. Other lines are in no index for it.
create index event_log_becoming on event_log (entity_id, seq, tenant_id) where kind in ('invited', 'handed_over', 'taken_back');
