// hello [PORT]: greets, and tells the others who has come.

#include <stentor/stentor.hpp>

#include <cstdlib>
#include <iostream>

int main(int count, char** arguments) {
  stentor::server io{{.port = static_cast<uint16_t>(count > 1 ? std::atoi(arguments[1]) : 3000)}};

  io.root().on_connection([](stentor::socket client) {
    client.on("hello", [client](const std::string& name, const stentor::ack& reply) {
      client.broadcast().emit("arrived", name);
      reply("hello, " + name);
    });
    client.on_disconnect([](const std::string& reason) { std::cout << "one has left: " << reason << std::endl; });
  });

  io.listen();
  std::cout << "http://localhost:" << io.port() << std::endl;
  io.run(); // until SIGINT or SIGTERM
}
