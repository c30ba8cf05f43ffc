// A chat in 40 lines: names, rooms, who types, who comes and goes.
//
//   chat [PORT]     clients connect to /chat with `auth: { name }`; what they say and hear is tested in tests/e2e/examples.test.mjs

#include <stentor/stentor.hpp>

#include <cstdio>
#include <cstdlib>

using stentor::json;

/// Middleware: who has a name is let in, and it is remembered.
void ask_for_name(stentor::socket& client, const stentor::next& go_on) {
  auto auth = client.handshake().auth;
  if (!auth.is_object() || !auth["name"].is_string())
    return go_on(stentor::refusal{"a name is wanted"});
  client.set_data({{"name", auth["name"]}});
  go_on();
}

void serve(stentor::socket client) {
  auto name = client.data()["name"];
  client.on("join", [client, name](const std::string& room, const stentor::ack& reply) {
    client.join(room);
    client.to(room).emit("joined", room, name);
    client.everyone().in(room).fetch_sockets([reply](const std::vector<stentor::socket_snapshot>& members) {
      auto names = json::array();
      for (const auto& member : members)
        names.push_back(member.data["name"]);
      reply(names);
    });
  });
  client.on("message",
            [client, name](const std::string& room, const std::string& text) { client.to(room).emit("message", room, name, text); });
  client.on("typing", [client, name](const std::string& room) { client.to(room).volatile_().emit("typing", room, name); });
  client.on_disconnect([client, name](const std::string& reason) { client.broadcast().emit("left", name, reason); });
}

int main(int count, char** arguments) {
  auto io = stentor::server{{.port = static_cast<uint16_t>(count > 1 ? std::atoi(arguments[1]) : 3000)}};
  io.of("/chat").use(ask_for_name).on_connection(serve);
  io.listen();
  std::printf("ready {\"port\":%u}\n", unsigned{io.port()});
  std::fflush(stdout);
  io.run();
}
