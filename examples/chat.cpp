// A chat in 40 lines: names, rooms, who types, who comes and goes.
//
//   chat [PORT]     clients connect with `auth: { name }`

#include <stentor/stentor.hpp>

#include <cstdio>
#include <cstdlib>

using stentor::json;

int main(int count, char** arguments) {
  auto io = stentor::server{{.port = static_cast<uint16_t>(count > 1 ? std::atoi(arguments[1]) : 3000)}};
  auto chat = io.of("/chat");
  chat.use([](stentor::socket& client, const stentor::next& go_on) {
    const auto& auth = client.handshake().auth;
    if (!auth.is_object() || !auth.contains("name") || !auth["name"].is_string())
      return go_on(stentor::refusal{"a name is wanted"});
    client.set_data({{"name", auth["name"]}});
    go_on({});
  });
  chat.on_connection([](stentor::socket client) {
    auto name = client.data()["name"];
    client.on("join", [client, name](const std::string& room, const stentor::ack& reply) mutable {
      client.join(room);
      client.to(room).emit("joined", room, name);
      client.everyone().in(room).fetch_sockets([reply](const std::vector<stentor::socket_snapshot>& members) {
        auto names = json::array();
        for (const auto& member : members)
          names.push_back(member.data["name"]);
        reply(names);
      });
    });
    client.on("message", [client, name](const std::string& room, const std::string& text, const stentor::ack& reply) {
      client.to(room).emit("message", room, name, text);
      reply("ok");
    });
    client.on("typing", [client, name](const std::string& room) { client.to(room).volatile_().emit("typing", room, name); });
    client.on_disconnect([client, name](const std::string& reason) { client.broadcast().emit("left", name, reason); });
  });
  io.listen();
  std::printf("ready {\"port\":%u}\n", unsigned{io.port()});
  std::fflush(stdout);
  io.run();
}
