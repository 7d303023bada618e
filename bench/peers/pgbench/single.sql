insert into pgbench_messages (room, sender, body) values ('room-1', 'sender-1', repeat('m', 256));
