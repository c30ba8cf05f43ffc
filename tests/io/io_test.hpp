#pragma once

// Socket.IO on a network that a test drives; the test is the application.

#include "io/server.hpp"
#include "support/network_test.hpp"

#include <deque>
#include <map>
#include <set>

namespace stentor::io {

/// A namespace where the test decides who comes in, and everything that happens is written down.
struct scripted_namespace final : namespace_handler {
  std::vector<std::weak_ptr<socket>> guests;
  std::vector<json> auths;
  std::vector<std::string> log; ///< "event args ack", "gone: reason"
  bool lets_in = true;
  std::function<void(socket&, const std::string& event, ack_id)> on_event = [](auto&&...) {};

  struct visitor final : socket_handler {
    visitor(scripted_namespace& n, socket& s) : home(n), who(s) {}
    void on_event(const json& name, std::span<const json> args, ack_id ack) override {
      auto event = name.is_string() ? name.get<std::string>() : name.dump();
      home.log.push_back(event + " " + json(json::array_t(args.begin(), args.end())).dump() + (ack ? " " + std::to_string(*ack) : ""));
      home.on_event(who, event, ack);
    }
    void on_disconnect(std::string_view reason) override { home.log.push_back("gone: " + std::string{reason}); }
    scripted_namespace& home;
    socket& who;
  };

  void on_connect(const std::shared_ptr<socket>& guest, const json& auth) override {
    guests.push_back(guest);
    auths.push_back(auth);
    if (lets_in)
      accept(*guest);
  }
  void accept(socket& guest) { guest.accept(std::make_unique<visitor>(*this, guest)); }
  std::shared_ptr<socket> guest(size_t i = 0) { return guests.at(i).lock(); }
};

struct IoTest : NetworkTest, application {
  server sockets{net};
  scripted_namespace root, admin;

  IoTest() {
    sockets.serve("/", root);
    sockets.serve("/admin", admin);
    net.serve(*this, {&net});
    settle();
  }
  std::unique_ptr<connection_handler> on_open(connection& client) override { return sockets.open(client); }
  void on_request(http_request, http_reply) override {}
  void on_deliver(const deliver& news) override { sockets.tell(news); }

  /// A client that is in `/`.
  wire& member() {
    auto& client = greeted();
    EXPECT_EQ(say(client, "40").size(), 1u);
    return client;
  }
};

using texts = std::vector<std::string>;

} // namespace stentor::io
