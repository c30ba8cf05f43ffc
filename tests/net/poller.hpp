#pragma once

#include "echo_server.hpp"
#include "protocol/payload.hpp"

namespace stentor {

// Refusals of Engine.IO.
constexpr std::string_view unknown_transport = R"({"code":0,"message":"Transport unknown"})";
constexpr std::string_view unknown_sid = R"({"code":1,"message":"Session ID unknown"})";
constexpr std::string_view bad_method = R"({"code":2,"message":"Bad handshake method"})";
constexpr std::string_view bad_request = R"({"code":3,"message":"Bad request"})";
constexpr std::string_view forbidden = R"({"code":4,"message":"Forbidden"})";
constexpr std::string_view unsupported_revision = R"({"code":5,"message":"Unsupported protocol version"})";

using engineio::payload;

/// One client that polls; every request comes over a TCP connection of its own unless the test keeps one.
class poller {
public:
  /// `said` stands in the query of all its requests; `more` in that of the first alone.
  explicit poller(echo_server& server, std::string said = "EIO=4", std::string_view more = {}) : server_(server), said_(std::move(said)) {
    hello = server_.client().ask(fmt::format("GET /socket.io/?{}{} HTTP/1.1\r\nHost: a\r\n\r\n", query(), more));
    sid = hello.body.substr(hello.body.find("sid") + 3); // in JSONP, quotes are escaped
    sid = sid.substr(sid.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"), 20);
  }

  std::string query() const { return said_ + "&transport=polling" + (sid.empty() ? "" : "&sid=" + sid); }
  std::string request(std::string_view method, std::string_view body, std::string_view lines = {}) const {
    return fmt::format("{} /socket.io/?{} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n{}\r\n{}", method, query(), body.size(), lines,
                       body);
  }
  http_answer ask(std::string_view method, std::string_view body, std::string_view lines = {}) const {
    return server_.client().ask(request(method, body, lines));
  }
  http_answer post(std::string_view body) const { return ask("POST", body); }
  std::string get() const { return ask("GET", "").body; }
  /// A request that waits for its answer.
  raw_client park(std::string_view method = "GET", std::string_view body = "") const {
    auto waiting = server_.client();
    waiting.send(request(method, body));
    sync();
    return waiting;
  }
  /// Returns when the server has read what was sent before.
  void sync() const { server_.client().ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n"); }
  /// A WebSocket that wants to take over.
  raw_client candidate() const {
    auto made = server_.client();
    if (auto answer = made.ask(upgrade_request(said_ + "&transport=websocket&sid=" + sid)); answer.status != 101)
      throw std::runtime_error("no WebSocket: " + answer.whole());
    return made;
  }
  /// The same, and its probe has been answered.
  raw_client probed() const {
    auto made = candidate();
    if (auto answer = made.answer_to("2probe"); answer != "text 3probe")
      throw std::runtime_error("no answer to the probe: " + answer);
    return made;
  }
  /// Why the session has ended.
  std::string why_it_ended() const {
    auto why = server_.log.next_close();
    return is_known() ? "it goes on" : why;
  }
  bool is_known() const { return get() != unknown_sid; }

  http_answer hello;
  std::string sid;

private:
  echo_server& server_;
  std::string said_;
};

/// A client that polls, and its server.
struct polling : testing::Test {
  echo_server server;
  poller client{server};
};

} // namespace stentor
