#pragma once

// A server as an application makes it, and clients that say and hear the wire's text.

#include "net/raw_client.hpp"
#include "stentor/stentor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace stentor {

using texts = std::vector<std::string>;

/// What handlers hand over to the test, in order. Any thread.
template <class T>
class mailbox {
public:
  void put(T what) {
    auto lock = std::lock_guard{mutex_};
    all_.push_back(std::move(what));
    arrived_.notify_one();
  }
  /// The next one; fails the test if none comes in ten seconds.
  T take() {
    auto lock = std::unique_lock{mutex_};
    if (!arrived_.wait_for(lock, std::chrono::seconds{10}, [&] { return !all_.empty(); }))
      throw std::runtime_error("nothing has come");
    auto next = std::move(all_.front());
    all_.pop_front();
    return next;
  }
  bool empty() {
    auto lock = std::lock_guard{mutex_};
    return all_.empty();
  }

private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<T> all_;
};

/// Handlers wait at it until the test opens it.
class gate {
public:
  void open() { opened_.set_value(); }
  void wait() const {
    if (future_.wait_for(std::chrono::seconds{10}) != std::future_status::ready)
      throw std::runtime_error("the gate stays closed");
  }

private:
  std::promise<void> opened_;
  std::shared_future<void> future_ = opened_.get_future().share();
};

/// A Socket.IO client over a WebSocket: one packet after the other.
class peer {
public:
  explicit peer(uint16_t port, std::string_view query = "") : link_(port) {
    auto hello = link_.open(upgrade_request("EIO=4&transport=websocket" + std::string{query}, upgrade_lines()));
    session_ = json::parse(hello.substr(std::string_view{"text 0"}.size())).at("sid");
  }

  void say(const std::string& packet) { link_.say(packet); }
  void say_binary(std::string_view bytes) { link_.send(websocket::frame(0x82, bytes)); }
  /// Two packets in one piece.
  void say(const std::string& one, const std::string& two) { link_.send(websocket::text(one) + websocket::text(two)); }
  /// The next packet, pings aside: a text as it is; else "binary …", "close" or "end".
  std::string hear() {
    for (;;) {
      auto heard = link_.hear();
      if (heard == "text 2") {
        link_.say("3");
        continue;
      }
      return heard.starts_with("text ") ? heard.substr(5) : heard;
    }
  }
  std::string hear_anything() { return link_.hear(); }
  /// Enters a namespace.
  json enter(const std::string& name = "/", const json& auth = nullptr) {
    auto opening = name == "/" ? std::string{} : name + ",";
    say("40" + opening + (auth.is_null() ? "" : auth.dump()));
    auto answer = hear();
    if (!answer.starts_with("40" + opening))
      throw std::runtime_error("not let in: " + answer);
    welcome_ = json::parse(answer.substr(2 + opening.size()));
    return welcome_;
  }
  std::string id() const { return welcome_.at("sid"); }
  std::string pid() const { return welcome_.at("pid"); }
  /// Of its network thread.
  char letter() const { return session_.at(0); }
  void hang_up() { link_.hang_up(); }
  /// Closes as a browser does whose page is left.
  void say_goodbye() { link_.send(websocket::frame(0x88, "\x03\xe9")); }

private:
  raw_client link_;
  std::string session_;
  json welcome_;
};

class LibraryTest : public testing::Test {
protected:
  static server_options quiet() {
    auto options = server_options{};
    options.host = "127.0.0.1";
    options.port = 0;
    options.workers = 4;
    options.log_level = "off";
    options.more = {{"network.close_timeout_ms", "100"}, {"server.drain_timeout_ms", "100"}}; // for clients that do not answer a goodbye
    return options;
  }

  explicit LibraryTest(const server_options& options = quiet()) : io(std::in_place, options) {}
  /// No handler runs any more when what it uses ends.
  void TearDown() override { io.reset(); }

  peer connect(std::string_view query = "") { return peer{io->port(), query}; }
  peer member(const std::string& name = "/") {
    auto one = connect();
    one.enter(name);
    return one;
  }
  /// Answers `fence` events: whoever hears the answer has heard all that was said to it before.
  static void answer_fences(socket& client) {
    client.on("fence", [](const ack& reply) { reply("fence"); });
  }
  static std::string fence(peer& client) {
    client.say(R"(42999["fence"])");
    return client.hear();
  }
  static constexpr auto at_fence = R"(43999["fence"])";

  mailbox<std::string> log;
  std::optional<server> io;
};

} // namespace stentor
