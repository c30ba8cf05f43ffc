#include "library_test.hpp"

namespace stentor {
namespace {

using namespace std::chrono_literals;

/// One client that polls and takes gzip. Every request comes over a TCP connection of its own.
class polling_peer {
public:
  explicit polling_peer(uint16_t port) : port_(port) {
    auto hello = ask("GET").body;
    query_ += "&sid=" + json::parse(hello.substr(1)).at("sid").get<std::string>();
    ask("POST", "40");
    ask("GET");
  }

  http_answer ask(std::string_view method, std::string_view body = "") const { return raw_client{port_}.ask(request(method, body)); }
  /// A GET that waits for its answer.
  raw_client park() const {
    auto waiting = raw_client{port_};
    waiting.send(request("GET", ""));
    raw_client{port_}.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n"); // read behind it
    return waiting;
  }

private:
  std::string request(std::string_view method, std::string_view body) const {
    return fmt::format("{} /socket.io/?{} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nContent-Length: {}\r\n\r\n{}", method, query_,
                       body.size(), body);
  }

  uint16_t port_;
  std::string query_ = "EIO=4&transport=polling";
};

struct CompressionTest : LibraryTest {
  const std::string large = std::string(5000, 'x');
  mailbox<socket> arrived;

  static server_options on_one_thread() {
    auto options = quiet();
    options.network_threads = 1;
    return options;
  }
  CompressionTest() : LibraryTest(on_one_thread()) {
    io->root().on_connection([this](socket client) { arrived.put(client); });
    io->listen();
  }

  /// Returns when what was asked for has been done on the network thread.
  void settle() {
    auto done = mailbox<int>{};
    io->root().fetch_sockets([&](const auto&) { done.put(1); });
    done.take();
  }
  static bool is_compressed(const http_answer& answer) {
    auto gzipped = answer.body.starts_with("\x1f\x8b");
    EXPECT_EQ(answer.has("Content-Encoding: gzip"), gzipped);
    return gzipped;
  }
};

TEST_F(CompressionTest, APollIsCompressedIfAnythingInItIsWorthIt) {
  auto peer = polling_peer{io->port()};
  auto client = arrived.take();
  auto all = io->root();
  struct {
    const char* what;
    std::function<void()> tell;
    bool compressed;
  } rows[] = {
    {"an event", [&] { client.emit("e", large); }, true},
    {"one that is not worth it", [&] { client.compress(false).emit("e", large); }, false},
    {"one that is after all", [&] { client.compress(false).compress(true).emit("e", large); }, true},
    {"a question",
     [&] {
       client.emit_with_ack(
         "e", 10s, [](const auto&) {}, large);
     },
     true},
    {"a question that is not",
     [&] {
       client.compress(false).emit_with_ack(
         "e", 10s, [](const auto&) {}, large);
     },
     false},
    {"a broadcast", [&] { all.emit("e", large); }, true},
    {"a broadcast that is not", [&] { all.compress(false).emit("e", large); }, false},
    {"one to a room", [&] { all.to(client.id()).emit("e", large); }, true},
    {"one to a room that is not", [&] { all.to(client.id()).compress(false).emit("e", large); }, false},
    {"one by a socket", [&] { client.everyone().emit("e", large); }, true},
    {"one by a socket that is not", [&] { client.compress(false).everyone().emit("e", large); }, false},
    {"a question to all",
     [&] {
       all.all().emit_with_ack(
         "e", [](const auto&) {}, large);
     },
     true},
    {"a question to all that is not",
     [&] {
       all.compress(false).emit_with_ack(
         "e", [](const auto&) {}, large);
     },
     false},
    {"a small event beside one that is not", [&] { client.emit("small"), all.compress(false).emit("e", large); }, true},
    {"two that are not", [&] { client.compress(false).emit("small"), all.compress(false).emit("e", large); }, false},
  };
  for (const auto& row : rows) {
    row.tell();
    settle();
    auto answer = peer.ask("GET");
    EXPECT_EQ(is_compressed(answer), row.compressed) << row.what;
    EXPECT_EQ(answer.body.find(large) == answer.body.npos, row.compressed) << row.what;
  }
}

TEST_F(CompressionTest, AVolatileEventIsCompressedIfItIsWorthIt) {
  auto peer = polling_peer{io->port()};
  auto client = arrived.take();
  for (auto wanted : {false, true}) {
    auto waiting = peer.park();
    client.compress(wanted).emit_volatile("e", large);
    EXPECT_EQ(is_compressed(waiting.read_answer()), wanted);
  }
}

} // namespace
} // namespace stentor
