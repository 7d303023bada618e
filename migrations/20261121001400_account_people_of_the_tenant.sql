-- Who looks after an account is of the tenant's staff at that moment, and who is made a member of one is somebody the tenant
-- knows. Who leaves later stays named, as with conversations (20261121001100), which are given by the same rule from here on.

-- Of a trigger's arguments the first is the column that names the person, the second the constraint that says no.
create function brigade_check_staff() returns trigger
    language plpgsql as $$
begin
    if not exists (
        select from memberships
        where tenant_id = new.tenant_id and user_id = (to_jsonb(new) ->> tg_argv[0])::uuid and role <> 'client'
    ) then
        raise exception '% of % is given to somebody who is not of the staff', new.id, tg_table_name
            using errcode = 'integrity_constraint_violation', constraint = tg_argv[1], table = tg_table_name;
    end if;
    return null;
end
$$;
create trigger accounts_manager_is_staff after update on accounts
    for each row when (new.manager is not null and new.manager is distinct from old.manager)
    execute function brigade_check_staff('manager', 'accounts_manager_is_staff');
create trigger accounts_first_manager_is_staff after insert on accounts
    for each row when (new.manager is not null)
    execute function brigade_check_staff('manager', 'accounts_manager_is_staff');
create or replace trigger conversations_assignee_is_staff after update on conversations
    for each row when (new.assignee is not null and new.assignee is distinct from old.assignee)
    execute function brigade_check_staff('assignee', 'conversations_assignee_is_staff');
create or replace trigger conversations_first_assignee_is_staff after insert on conversations
    for each row when (new.assignee is not null)
    execute function brigade_check_staff('assignee', 'conversations_assignee_is_staff');
drop function brigade_check_assignee();

create function brigade_check_account_member() returns trigger
    language plpgsql as $$
begin
    if not exists (select from memberships where tenant_id = new.tenant_id and user_id = new.user_id) then
        raise exception 'a stranger cannot belong to the account %', new.account_id
            using errcode = 'integrity_constraint_violation', constraint = 'account_members_is_known', table = 'account_members';
    end if;
    return null;
end
$$;
create trigger account_members_is_known after insert on account_members
    for each row execute function brigade_check_account_member();
