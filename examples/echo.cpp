// Sends every event back to its sender, and its acknowledgement with the same arguments.
//
//   echo [PORT]     with socket.io-client: io("http://localhost:3000").emit("hello", 1, "two", Buffer.from("three"))

#include <stentor/stentor.hpp>

#include <cstdio>
#include <cstdlib>

int main(int count, char** arguments) {
  auto io = stentor::server{{.port = static_cast<uint16_t>(count > 1 ? std::atoi(arguments[1]) : 3000)}};
  io.root().on_connection([](stentor::socket client) {
    client.on_any([client](const stentor::json& event, const stentor::event_args& args, const stentor::ack& reply) {
      if (event.is_string()) // it may be a number
        client.emit_values(event, args);
      reply.values(args);
    });
  });
  io.listen();
  std::printf("ready {\"port\":%u}\n", unsigned{io.port()});
  std::fflush(stdout);
  io.run();
}
