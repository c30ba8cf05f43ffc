#pragma once

// A network with its thread, a listener on a free port of 127.0.0.1, and an application that echoes.

#include "net/application.hpp"
#include "net/listener.hpp"
#include "raw_client.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <set>

namespace stentor {

constexpr auto patience = std::chrono::seconds{10};

/// What the test's thread waits for and the network's thread does.
class observed {
public:
  void opened() {
    change([](auto& me) { ++me.handlers_; });
  }
  void destroyed() {
    change([](auto& me) { --me.handlers_; });
  }
  void asked() {
    change([](auto& me) { ++me.waiting_; });
  }
  void answered() {
    change([](auto& me) { me.waiting_ = 0; });
  }
  void closed(close_reason why) {
    change([&](auto& me) { me.closes_.push_back(why); });
  }

  /// Why the next connection was closed.
  std::string next_close();
  /// True once that many connections live.
  bool await_handlers(size_t count) { return await(handlers_, count); }
  /// True once that many requests wait for `answer_later`.
  bool await_waiting(size_t count) { return await(waiting_, count); }

private:
  bool await(const size_t& what, size_t count);
  template <class Change>
  void change(Change what) {
    auto lock = std::lock_guard{mutex_};
    what(*this);
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<close_reason> closes_;
  size_t handlers_ = 0;
  size_t waiting_ = 0;
};

/// Sends every message back. Some texts it obeys instead: "all:…" tells everybody, "close", "end", "keep", "pause", "blink", "hold",
/// "throw".
class echo_application final : public application {
public:
  explicit echo_application(network& below, observed& log) : below_(below), log_(log) {}

  bool decides() const override { return looks_at_handshakes; }
  /// Decides when `decide` is called, but for the queries "…&yes" and "…&no", which are decided at once.
  void on_handshake(const http_request& request, const handshake_verdict& decide) override;
  std::unique_ptr<connection_handler> on_open(connection& client) override;
  /// Says what was asked; "/large" is ten megabytes, "/later" waits for `answer_later`, "/never" is forgotten, "/throw" throws.
  void on_request(http_request request, http_reply reply) override;
  void on_deliver(const deliver& news) override;

  // On the network's thread.
  void tell_all(std::string_view packet);
  /// Whether a client counts as writable, before and behind something that it is sent.
  std::string writable_around(std::string_view packet);
  /// What it decides is kept, to be said again.
  void decide(const std::optional<std::string>& refusal);
  void decide_first(const std::optional<std::string>& refusal) { undecided_.front()(refusal); }
  void answer_later();
  void unhold();
  void resume();

  bool looks_at_handshakes = false;

private:
  class echo;

  network& below_;
  observed& log_;
  std::set<connection*> clients_;
  std::vector<http_reply> later_;
  std::vector<handshake_verdict> undecided_;
};

/// Descriptors that this process has open.
size_t open_descriptors();

/// What is under test: `network.threads` networks behind one listener.
class echo_server {
public:
  using change = void (*)(settings&);

  /// Ends its drains soon: clients that a test leaves behind do not matter.
  static settings usual();

  explicit echo_server(settings how = usual());
  /// `prepare` changes the usual settings.
  explicit echo_server(change prepare);
  ~echo_server();

  result<std::unique_ptr<listener>> listen(const settings& where) const { return listener::open(where, networks_); }
  uint16_t port() const { return listener_->port(); }
  raw_client client() const { return raw_client{port()}; }
  /// One that has opened a WebSocket.
  raw_client websocket() const;
  /// The same, and its kernel takes in little.
  raw_client slow_websocket() const;
  /// What a new client hears when it says something: its own words, if the server lives.
  std::string echo(std::string_view text) const;

  boost::asio::io_context& io();
  /// Tells the first network's application news, as actors do.
  void deliver_news(const std::vector<std::string>& texts);
  /// Calls `work` on the first network's thread, now.
  void on_thread(const std::function<void(echo_application&)>& work);
  /// True once the process has no more than that many descriptors open.
  bool await_descriptors(size_t count);
  /// Stops the listener and lets the networks drain; the future is ready when they say that they have.
  std::future<void> begin_drain();

  observed log;

private:
  struct actors;
  struct floor;

  const settings config_;
  std::unique_ptr<actors> actors_;
  std::vector<std::unique_ptr<floor>> floors_;
  std::vector<network*> networks_;
  std::unique_ptr<listener> listener_;
  bool drained_ = false;
};

// Changes that several tests want.

inline void with_eio3(settings& s) {
  s.socketio.allow_eio3 = true;
}
inline void with_quick_pings(settings& s) {
  s.socketio.ping_interval_ms = 50;
  s.socketio.ping_timeout_ms = 50;
}

} // namespace stentor
