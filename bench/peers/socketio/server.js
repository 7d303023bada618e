// Durable chat as one would write it with Socket.IO: insert, then emit to the room, then acknowledge.
// Usage: node server.js PORT, with PGHOST, PGUSER, PGDATABASE in the environment.
import { createServer } from "node:http";
import pg from "pg";
import { Server } from "socket.io";

const port = Number(process.argv[2] ?? 9002);
const pool = new pg.Pool({ max: Number(process.env.POOL ?? 20) });
pool.on("error", (error) => console.error("database connection:", error.message));

// Named, so that each connection prepares it once.
const INSERT = { name: "insert-message", text: "insert into messages (room, sender, body) values ($1, $2, $3)" };

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false, connectionStateRecovery: undefined });

io.on("connection", (socket) => {
  let room = "";
  socket.on("join", (wanted, done) => {
    room = `room-${wanted}`;
    socket.join(room);
    done(true);
  });
  socket.on("say", async (text, done) => {
    try {
      await pool.query({ ...INSERT, values: [room, socket.id, text] });
    } catch (error) {
      console.error("insert:", error.message);
      done(false);
      return;
    }
    io.to(room).emit("said", text);
    done(true);
  });
});

// The benchmark asks for this before it reads the process's memory.
process.on("SIGUSR2", () => globalThis.gc?.());
process.on("SIGTERM", () => process.exit(0));

http.listen(port, "127.0.0.1", 4096);
