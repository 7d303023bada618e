insert into pgbench_messages (room, sender, body) select 'room-1', 'sender-1', repeat('m', 256) from generate_series(1, 64);
