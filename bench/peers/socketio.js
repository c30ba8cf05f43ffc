// The peer: Socket.IO on Node with the vocabulary of the benchmark. No accounts, no database, WebSocket only.
// usage: node socketio.js [port]    prints one line `ready {"host":…,"port":…,"pid":…}`

const { createServer } = require("node:http");
const { Server } = require("socket.io");

const host = "127.0.0.1";
const http = createServer();
const io = new Server(http, { transports: ["websocket"] });
let last_id = 0;

/** What a chat server tells a channel about a message. */
function message_of({ content, channelId }, socket) {
  const id = ++last_id;
  const now = new Date().toISOString();
  return {
    id: String(id),
    content,
    channelId,
    userId: socket.id,
    createdAt: now,
    updatedAt: now,
    replyToId: null,
    user: { id: socket.id, name: "bench", image: null },
    replyTo: null,
    attachments: [],
    reactions: [],
    seq: id,
  };
}

io.on("connection", (socket) => {
  socket.on("join_channel", ({ channelId }, ack) => {
    socket.join(channelId);
    ack({ ok: true });
  });
  socket.on("send_message", (request, ack) => {
    const message = message_of(request, socket);
    io.to(request.channelId).emit("new_message", message);
    ack({ ok: true, id: message.id, seq: message.seq });
  });
});

http.listen(Number(process.argv[2] ?? 0), host, () => {
  console.log("ready " + JSON.stringify({ host, port: http.address().port, pid: process.pid }));
});
