#pragma once

// A network with its thread, a listener on a free port of 127.0.0.1, and an application that echoes.

#include "net/application.hpp"
#include "net/connection.hpp"
#include "net/listener.hpp"
#include "net/network.hpp"
#include "raw_client.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <future>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

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
  std::string next_close() {
    auto lock = std::unique_lock{mutex_};
    if (!changed_.wait_for(lock, patience, [&] { return !closes_.empty(); }))
      return "no connection was closed";
    auto why = closes_.front();
    closes_.pop_front();
    return std::string{text(why)};
  }
  /// True once that many connections live.
  bool await_handlers(size_t count) { return await(handlers_, count); }
  /// True once that many requests wait for `answer_later`.
  bool await_waiting(size_t count) { return await(waiting_, count); }

private:
  bool await(const size_t& what, size_t count) {
    auto lock = std::unique_lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return what == count; });
  }
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
  void on_handshake(const http_request& request, const handshake_verdict& decide) override {
    if (request.query.ends_with("&yes"))
      return decide(std::nullopt);
    if (request.query.ends_with("&no"))
      return decide("no");
    undecided_.push_back(decide);
    log_.asked();
  }
  std::unique_ptr<connection_handler> on_open(connection& client) override {
    if (client.handshake().query.ends_with("&throw"))
      throw std::runtime_error("as asked");
    return std::make_unique<echo>(*this, client);
  }
  /// Says what was asked; "/large" is ten megabytes, "/later" waits for `answer_later`, "/never" is forgotten, "/throw" throws.
  void on_request(http_request request, http_reply reply) override {
    if (request.path == "/later") {
      later_.push_back(std::move(reply));
      log_.asked();
    } else if (request.path == "/large")
      reply({.status = 200, .body = std::string(10'000'000, 'x'), .content_type = "text/plain", .headers = {}});
    else if (request.path == "/throw")
      throw std::runtime_error("as asked");
    else if (request.path != "/never")
      reply({.status = 200,
             .body = fmt::format("{} {} {} <{}>", request.method, request.path, request.query, request.body),
             .content_type = "text/plain",
             .headers = {}});
  }
  void on_deliver(const deliver& news) override {
    for (const auto& what : news.what)
      if (what->say(0).event == "throw")
        throw std::runtime_error("as asked");
      else
        tell_all(what->say(0).event);
  }

  // On the network's thread.
  void tell_all(std::string_view packet) {
    auto frames = below_.log().message(packet);
    for (auto* one : clients_)
      one->push(frames);
  }
  /// Whether a client counts as writable, before and behind something that it is sent.
  std::string writable_around(std::string_view packet) {
    auto& one = **clients_.begin();
    auto word = [&] { return one.writable() ? "yes" : "no"; };
    auto before = word();
    one.send(packet);
    return fmt::format("{}, {}", before, word());
  }
  /// What it decides is kept, to be said again.
  void decide(const std::optional<std::string>& refusal) {
    for (const auto& one : std::vector(undecided_))
      one(refusal);
    log_.answered();
  }
  void decide_first(const std::optional<std::string>& refusal) { undecided_.front()(refusal); }
  void answer_later() {
    for (auto& reply : std::exchange(later_, {}))
      reply({.status = 200, .body = "at last", .content_type = "text/plain", .headers = {}});
    log_.answered();
  }
  void unhold() {
    for (auto* one : clients_)
      one->send("released");
    below_.unhold();
  }
  void resume() {
    for (auto* one : clients_)
      one->resume_reading();
  }

  bool looks_at_handshakes = false;

private:
  class echo final : public connection_handler {
  public:
    echo(echo_application& top, connection& client) : top_(top), client_(client) {
      top_.clients_.insert(&client);
      top_.log_.opened();
    }
    ~echo() override { top_.log_.destroyed(); }

    void on_message(std::string_view text) override {
      if (text.starts_with("all:"))
        top_.tell_all(text.substr(4));
      else if (text == "close")
        client_.close(close_reason::forced_close);
      else if (text == "end")
        client_.end(close_reason::forced_close);
      else if (text == "keep")
        client_.keep();
      else if (text == "pause")
        client_.pause_reading();
      else if (text == "blink") {
        client_.pause_reading();
        client_.resume_reading();
      } else if (text == "hold")
        top_.below_.hold();
      else if (text == "throw")
        throw std::runtime_error("as asked");
      else if (text == "throw at the end")
        throws_ = true;
      else
        client_.send(text);
    }
    void on_binary(std::string_view bytes) override { client_.push(top_.below_.log().binary_message(bytes, client_.revision())); }
    void on_close(close_reason why) override {
      top_.clients_.erase(&client_);
      top_.log_.closed(why);
      if (throws_)
        throw std::runtime_error("as asked");
    }

  private:
    echo_application& top_;
    connection& client_;
    bool throws_ = false;
  };

  network& below_;
  observed& log_;
  std::set<connection*> clients_;
  std::vector<http_reply> later_;
  std::vector<handshake_verdict> undecided_;
};

/// Descriptors that this process has open.
inline size_t open_descriptors() {
  auto all = std::filesystem::directory_iterator{"/proc/self/fd"};
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

/// What is under test: `network.threads` networks behind one listener.
class echo_server {
public:
  /// Ends its drains soon: clients that a test leaves behind do not matter.
  static settings usual() {
    settings config;
    config.server.host = "127.0.0.1";
    config.server.port = 0;
    config.server.drain_timeout_ms = 500;
    return config;
  }

  explicit echo_server(settings how = usual()) : config(std::move(how)) {
    for (uint32_t i = 0; i < config.network.threads; ++i)
      networks_.push_back(&floors_.emplace_back(std::make_unique<floor>(*this, i))->below);
    for (auto& one : floors_) {
      one->below.serve(one->top, networks_);
      one->thread = std::thread{[net = &one->below] { net->run(); }};
    }
    listener_ = *listen(config);
    listener_->start();
  }
  ~echo_server() {
    if (!drained_)
      drain();
    for (auto& one : floors_)
      one->below.release();
    for (auto& one : floors_)
      one->thread.join();
  }

  result<std::unique_ptr<listener>> listen(const settings& where) const { return listener::open(where, networks_); }
  uint16_t port() const { return listener_->port(); }
  raw_client client() const { return raw_client{port()}; }
  /// One that has opened a WebSocket.
  raw_client websocket() const {
    auto made = client();
    made.open();
    return made;
  }
  /// What a new client hears when it says something: its own words, if the server lives.
  std::string echo(std::string_view text) const {
    auto one = websocket();
    one.say("4" + std::string{text});
    return one.hear();
  }

  network_actor actor() const { return floors_.front()->below.handle(); }
  caf::actor_system& system() { return system_; }
  boost::asio::io_context& io() { return floors_.front()->below.io(); }

  /// Calls `work(application)` on the first network's thread, now.
  template <class Work>
  void on_thread(Work work) {
    auto& first = *floors_.front();
    auto done = std::packaged_task<void()>{[&] { work(first.top); }};
    auto result = done.get_future();
    boost::asio::post(first.below.io(), [&] { done(); });
    result.get();
  }
  /// True once the process has no more than that many descriptors open.
  bool await_descriptors(size_t count) {
    auto end = std::chrono::steady_clock::now() + patience;
    while (open_descriptors() > count) {
      if (std::chrono::steady_clock::now() > end)
        return false;
      on_thread([](auto&) {});
    }
    return true;
  }
  /// Stops the listener and lets the networks drain; the future is ready when they say that they have.
  std::future<void> begin_drain() {
    drained_ = true;
    listener_->stop();
    auto asked = std::promise<void>{};
    auto was_asked = asked.get_future();
    auto done = std::async(std::launch::async, [this, asked = std::move(asked)]() mutable {
      caf::scoped_actor self{system_};
      for (auto& one : floors_)
        self->send(one->below.handle(), stentor::drain{});
      asked.set_value();
      for (size_t i = 0; i < floors_.size(); ++i)
        self->receive([](const drained&) {}, caf::after(2 * patience) >> [] { throw std::runtime_error("the drain has no end"); });
    });
    was_asked.get();
    on_thread([](auto&) {}); // comes behind the question
    return done;
  }
  void drain() { begin_drain().get(); }

  const settings config;
  observed log;

private:
  struct actors_config : caf::actor_system_config {
    actors_config() {
      add_message_types<caf::id_block::stentor_net>();
      set("scheduler.max-threads", 1);
    }
  };
  struct floor {
    floor(echo_server& house, uint32_t index) : below(house.system_, house.config, index), top(below, house.log) {}
    network below;
    echo_application top;
    std::thread thread;
  };

  actors_config actors_;
  caf::actor_system system_{actors_};
  std::vector<std::unique_ptr<floor>> floors_;
  std::vector<network*> networks_;
  std::unique_ptr<listener> listener_;
  bool drained_ = false;
};

} // namespace stentor
