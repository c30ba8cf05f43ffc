#pragma once

// One network thread without a thread: its loop turns when the test says so, its clients are socket pairs.

#include "net/connection.hpp"
#include "net/network.hpp"
#include "support/actors.hpp"
#include "support/wire.hpp"

#include <list>
#include <stdexcept>

namespace stentor {

class NetworkTest : public ActorTest {
protected:
  /// Settings under which nothing happens because of time.
  static settings still() {
    constexpr uint64_t never_ms = 3'600'000;
    auto s = settings{};
    s.server.drain_timeout_ms = never_ms;
    s.network.flush_wait_us = 0;
    s.network.close_timeout_ms = never_ms;
    s.socketio.ping_interval_ms = never_ms;
    s.socketio.connect_timeout_ms = never_ms;
    s.socketio.attachments_timeout_ms = never_ms;
    return s;
  }

  settings config = still();
  network net{system, config, 0};

  /// Hangs up every client and ends the network: what stands on it is still there.
  void TearDown() override {
    wires_.clear();
    settle();
    net.release();
    settle();
  }

  /// Actors, handlers and flushes, in turn until none has anything to do.
  void settle() override {
    for (size_t done = 1; done > 0;) {
      done = scheduler.run() + poll();
      flush();
      done += scheduler.run() + poll();
    }
  }

  /// A client whose WebSocket is open; lives until the test hangs up.
  wire& open(http_request handshake = {}) {
    if (query_value(handshake.query, "EIO").empty())
      handshake.query = "EIO=4&" + handshake.query;
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
      throw std::runtime_error("no socket pair");
    auto socket = boost::asio::ip::tcp::socket{net.io(), boost::asio::ip::tcp::v4(), ends[0]};
    auto& client = wires_.emplace_back(ends[1]);
    make_connection(net, std::move(handshake)).open(std::move(socket), "");
    settle();
    return client;
  }
  /// The same, and its hello is heard.
  wire& greeted(http_request handshake = {}) {
    auto& client = open(std::move(handshake));
    auto hello = client.hear();
    EXPECT_TRUE(hello.size() == 1 && hello[0].starts_with(R"(0{"sid":)"));
    return client;
  }
  /// What a client hears in answer to what it says.
  template <class... Texts>
  std::vector<std::string> say(wire& client, const Texts&... texts) {
    client.say(texts...);
    return hear(client);
  }
  std::vector<std::string> say_binary(wire& client, std::string_view payload) {
    client.say_binary(payload);
    return hear(client);
  }
  /// What a client has heard when nothing is left to do.
  std::vector<std::string> hear(wire& client) {
    settle();
    return client.hear();
  }
  void hang_up(wire& client) {
    client.hang_up();
    settle();
  }
  /// Lets all deadlines come that are that far away or less.
  void pass(std::chrono::milliseconds time) { net.timers().advance(std::chrono::steady_clock::now() + time); }

private:
  size_t poll() {
    net.io().restart();
    return net.io().poll();
  }
  /// One turn of the network's own loop, which ends with its flush.
  void flush() {
    net.io().restart();
    boost::asio::post(net.io(), [this] { net.io().stop(); });
    net.run();
  }

  std::list<wire> wires_;
};

} // namespace stentor
