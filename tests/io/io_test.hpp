#pragma once

// Socket.IO on a network that a test drives; the test is the application.

#include "io/server.hpp"
#include "protocol/msgpack.hpp"
#include "protocol/socketio_msgpack.hpp"
#include "support/network_test.hpp"

#include <deque>
#include <map>
#include <set>

namespace stentor::io {

using texts = std::vector<std::string>;

constexpr auto long_enough = std::chrono::hours{1};

inline json bytes(std::string_view of) {
  return json::binary({of.begin(), of.end()});
}

/// A namespace where the test decides who comes in, and everything that happens is written down.
struct scripted_namespace final : namespace_handler {
  std::vector<std::weak_ptr<socket>> guests;
  std::vector<json> auths;
  std::vector<std::string> log; ///< "event args ack", "lost: reason", "recovered", "gone: reason"
  bool lets_in = true;
  bool throws_at_the_end = false;
  std::function<void(socket&, const std::string& event, ack_id)> on_event = [](auto&&...) {};

  struct visitor final : socket_handler {
    visitor(scripted_namespace& n, socket& s) : home(n), who(&s) {}
    void on_event(const json& name, std::span<const json> args, ack_id ack) override {
      auto event = name.is_string() ? name.get<std::string>() : name.dump();
      home.log.push_back(event + " " + json(json::array_t(args.begin(), args.end())).dump() + (ack ? " " + std::to_string(*ack) : ""));
      home.on_event(*who, event, ack);
    }
    void on_lost(std::string_view reason) override { home.log.push_back("lost: " + std::string{reason}); }
    void on_recovered(socket& now) override {
      home.log.emplace_back("recovered");
      who = &now;
    }
    void on_disconnect(std::string_view reason) override {
      home.log.push_back("gone: " + std::string{reason});
      if (home.throws_at_the_end)
        throw std::runtime_error("as asked");
    }
    scripted_namespace& home;
    socket* who;
  };

  void on_connect(const std::shared_ptr<socket>& guest, const json& auth) override {
    guests.push_back(guest);
    auths.push_back(auth);
    if (lets_in && !guest->recover())
      accept(*guest);
  }
  void accept(socket& guest) { guest.accept(std::make_unique<visitor>(*this, guest)); }
  std::shared_ptr<socket> guest(size_t i = 0) { return guests.at(i).lock(); }
  std::shared_ptr<socket> newest() { return guests.back().lock(); }
};

struct IoTest : NetworkTest, application {
  using change = void (*)(settings&);

  server sockets;
  scripted_namespace root, admin;

  /// `prepare` changes the settings before a server reads them.
  explicit IoTest(change prepare = [](settings&) {});
  ~IoTest() override;

  std::unique_ptr<connection_handler> on_open(connection& client) override { return sockets.open(client); }
  void on_request(http_request, http_reply) override {}
  void on_deliver(const deliver& news) override { sockets.tell(news); }

  nsp& place() { return *sockets.find("/"); }

  /// A client that is in `/`.
  wire& member();
  /// A client of version 2, which is told to be in `/` at once.
  wire& open_old(const std::string& more = {});
  /// A client that speaks MessagePack, and has asked to be in `/` with that.
  wire& packed(const json& auth = json::object());
  /// What such a client has heard.
  std::vector<json> unpacked(wire& client);

private:
  network& below(change prepare);
};

/// An event that is the same in every form; counts how often it is said.
struct spoken final : broadcast {
  explicit spoken(std::string event, std::vector<json> args = {}) : what{std::move(event), std::move(args)} {}
  spoken_event say(variant_id) const override {
    ++times;
    return what;
  }
  spoken_event what;
  mutable int times = 0;
};

} // namespace stentor::io
