#include "io_test.hpp"

namespace stentor::io {

IoTest::IoTest(change prepare) : sockets(below(prepare)) {
  sockets.serve("/", root);
  sockets.serve("/admin", admin);
  net.serve(*this, {&net});
  settle();
}

IoTest::~IoTest() = default;

wire& IoTest::member() {
  auto& client = greeted();
  EXPECT_EQ(say(client, "40").size(), 1u);
  return client;
}

wire& IoTest::open_old(const std::string& more) {
  auto handshake = http_request{};
  handshake.query = "EIO=3&transport=websocket" + more;
  return open(std::move(handshake));
}

wire& IoTest::packed(const json& auth) {
  auto& client = greeted();
  client.say_binary(socketio::msgpack::connect_packet("/", auth));
  settle();
  return client;
}

std::vector<json> IoTest::unpacked(wire& client) {
  std::vector<json> packets;
  for (const auto& packet : hear(client))
    packets.push_back(*parse_msgpack(packet));
  return packets;
}

network& IoTest::below(change prepare) {
  prepare(config);
  return net;
}

} // namespace stentor::io
