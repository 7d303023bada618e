-- Who is given a conversation is of the tenant's staff at that moment. Who leaves the staff later stays named there until
-- somebody else takes it: what happened is not undone by it, so this is no foreign key.
create function brigade_check_assignee() returns trigger
    language plpgsql as $$
begin
    if not exists (
        select from memberships
        where tenant_id = new.tenant_id and user_id = new.assignee and role <> 'client'
    ) then
        raise exception 'the conversation % is given to somebody who is not of the staff', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'conversations_assignee_is_staff', table = 'conversations';
    end if;
    return null;
end
$$;

create trigger conversations_assignee_is_staff after update on conversations
    for each row when (new.assignee is not null and new.assignee is distinct from old.assignee)
    execute function brigade_check_assignee();
create trigger conversations_first_assignee_is_staff after insert on conversations
    for each row when (new.assignee is not null)
    execute function brigade_check_assignee();
