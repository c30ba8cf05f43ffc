#pragma once

// Streams of requests, in any pieces, and what a parser sees in them.

#include "net/http_parser.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

namespace stentor::http_streams {

using seen = std::vector<std::string>;

/// A request in one line: method, target, body, and what is unusual about it.
inline std::string line(const parsed_request& what) {
  const auto& [method, path, query, headers, body, address] = what.request;
  auto out = method + " " + path;
  if (!query.empty())
    out += "?" + query;
  if (!body.empty())
    out += " <" + body + ">";
  if (what.wants_websocket)
    out += " websocket";
  if (!what.keep_alive)
    out += " close";
  return out;
}

inline std::string line(const bad_http& what) {
  return std::to_string(what.status);
}

inline std::string line(std::monostate) {
  return "waits";
}

/// What is seen if the stream arrives in pieces of the sizes that `next_size` gives. As a session does, stops at what is bad.
template <class Sizes>
seen parse(std::string_view wire, Sizes next_size, http_limits limits = {}) {
  http_parser subject{limits};
  std::string input;
  seen lines;
  while (!wire.empty()) {
    auto piece = wire.substr(0, next_size());
    wire.remove_prefix(piece.size());
    input += piece;
    for (;;) {
      auto taken = subject.take(input);
      if (std::holds_alternative<std::monostate>(taken))
        break;
      lines.push_back(std::visit([](const auto& x) { return line(x); }, taken));
      if (std::holds_alternative<bad_http>(taken))
        return lines;
      if (input.empty())
        break;
    }
  }
  if (lines.empty() || !input.empty() || subject.is_inside())
    lines.push_back("waits");
  return lines;
}

inline seen parse(std::string_view wire, http_limits limits = {}) {
  return parse(
    wire, [] { return std::string::npos; }, limits);
}

/// Checks that the stream says the same however it is cut.
inline void expect_seen(std::string_view wire, const seen& lines, http_limits limits = {}) {
  ASSERT_EQ(parse(wire, limits), lines) << "in one piece";
  ASSERT_EQ(parse(
              wire, [] { return 1u; }, limits),
            lines)
    << "byte by byte";
  for (auto seed : {1u, 2u, 3u}) {
    std::minstd_rand dice{seed};
    auto size = [&] { return 1 + dice() % (seed * 20); };
    ASSERT_EQ(parse(wire, size, limits), lines) << "in random pieces, seed " << seed;
  }
  for (size_t cut = 1; cut < std::min<size_t>(wire.size(), 1000); ++cut) {
    auto first = true;
    auto size = [&] { return std::exchange(first, false) ? cut : wire.size(); };
    ASSERT_EQ(parse(wire, size, limits), lines) << "cut at " << cut;
  }
}

struct row {
  const char* what;
  std::string wire;
  seen lines;
};

inline void expect_all(const std::vector<row>& rows) {
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    expect_seen(row.wire, row.lines);
  }
}

/// A GET with further header lines.
inline std::string get(std::string_view lines = {}) {
  return fmt::format("GET / HTTP/1.1\r\nHost: a.example\r\n{}\r\n", lines);
}

/// A POST with further header lines, and what follows.
inline std::string post(std::string_view lines, std::string_view rest) {
  return fmt::format("POST / HTTP/1.1\r\nHost: a.example\r\n{}\r\n{}", lines, rest);
}

inline std::string chunked(std::string_view rest) {
  return post("Transfer-Encoding: chunked\r\n", rest);
}

inline parsed_request parsed(std::string wire) {
  return std::get<parsed_request>(http_parser{{}}.take(wire));
}

inline const auto next = get(); // a whole request that would be smuggled in

} // namespace stentor::http_streams
