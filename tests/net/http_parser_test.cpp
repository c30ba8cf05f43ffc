#include "net/http_parser.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <random>
#include <utility>
#include <vector>

namespace stentor {
namespace {

using namespace std::string_literals;
using seen = std::vector<std::string>;

/// A request in one line: method, target, body, and what is unusual about it.
std::string line(const parsed_request& what) {
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

std::string line(const bad_http& what) {
  return std::to_string(what.status);
}

std::string line(std::monostate) {
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

seen parse(std::string_view wire, http_limits limits = {}) {
  return parse(
    wire, [] { return std::string::npos; }, limits);
}

/// Checks that the stream says the same however it is cut.
void expect_seen(std::string_view wire, const seen& lines, http_limits limits = {}) {
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

void expect_all(const std::vector<row>& rows) {
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    expect_seen(row.wire, row.lines);
  }
}

/// A GET with further header lines.
std::string get(std::string_view lines = {}) {
  return fmt::format("GET / HTTP/1.1\r\nHost: a.example\r\n{}\r\n", lines);
}

/// A POST with further header lines, and what follows.
std::string post(std::string_view lines, std::string_view rest) {
  return fmt::format("POST / HTTP/1.1\r\nHost: a.example\r\n{}\r\n{}", lines, rest);
}

std::string chunked(std::string_view rest) {
  return post("Transfer-Encoding: chunked\r\n", rest);
}

parsed_request parsed(std::string wire) {
  return std::get<parsed_request>(http_parser{{}}.take(wire));
}

const auto next = get(); // a whole request that would be smuggled in

TEST(HttpParser, TakesRequestsApart) {
  auto whole = parsed("GET /a%20b/c?x=1&y=%2f?z HTTP/1.1\r\nHost: a.example\r\nX-Mixed-Case:  spaces around \t\r\n\r\n");
  EXPECT_EQ(whole.request.method, "GET");
  EXPECT_EQ(whole.request.path, "/a%20b/c");
  EXPECT_EQ(whole.request.query, "x=1&y=%2f?z");
  EXPECT_EQ(whole.request.headers.get("host"), "a.example");
  EXPECT_EQ(whole.request.headers.get("x-mixed-case"), "spaces around");
  EXPECT_EQ(whole.request.headers.get("X-Mixed-Case"), "");
  EXPECT_EQ(whole.request.body, "");
  EXPECT_TRUE(whole.keep_alive);
  EXPECT_FALSE(whole.wants_websocket);
}

TEST(HttpParser, KeepsEveryFieldOfAName) {
  auto whole = parsed(get("Cookie: a=1\r\nX-Other: x\r\nCookie: b=2\r\nX-Empty:\r\n"));
  EXPECT_EQ(whole.request.headers.count("cookie"), 2u);
  EXPECT_EQ(whole.request.headers.get("cookie"), "a=1");
  EXPECT_EQ(whole.request.headers.count("x-empty"), 1u);
}

TEST(HttpParser, KnowsTheMethodsAndNoOthers) {
  for (auto method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    expect_seen(fmt::format("{} /x HTTP/1.1\r\nHost: a\r\n\r\n", method), {fmt::format("{} /x", method)});
  for (const auto& method : {"TRACE"s, "CONNECT"s, "PROPFIND"s, "M-SEARCH"s, "get"s, "GETS"s, "PRI"s, std::string(48, 'A')})
    expect_seen(fmt::format("{} /x HTTP/1.1\r\nHost: a\r\n\r\n", method) + next, {"501"});
}

TEST(HttpParser, TakesBodiesByTheirLength) {
  expect_all({
    {"none", post("Content-Length: 0\r\n", ""), {"POST /"}},
    {"no length is no body", post("", ""), {"POST /"}},
    {"some", post("Content-Length: 5\r\n", "hello"), {"POST / <hello>"}},
    {"zeros in front", post("Content-Length: 0005\r\n", "hello"), {"POST / <hello>"}},
    {"bytes that are no text", post("Content-Length: 4\r\n", "\x00\xff\r\n"s), {"POST / <"s + "\x00\xff\r\n"s + ">"}},
    {"a body that looks like a header's end", post("Content-Length: 8\r\n", "\r\n\r\n\r\n\r\n"), {"POST / <\r\n\r\n\r\n\r\n>"}},
    {"with GET", get("Content-Length: 5\r\n") + "hello", {"GET / <hello>"}},
    {"not yet all of it", post("Content-Length: 6\r\n", "hello"), {"waits"}},
    {"then the next", post("Content-Length: 5\r\n", "hello") + next, {"POST / <hello>", "GET /"}},
    {"the next is no request", post("Content-Length: 5\r\n", "hello!") + next, {"POST / <hello>", "501"}},
  });
}

TEST(HttpParser, TakesChunkedBodies) {
  expect_all({
    {"empty", chunked("0\r\n\r\n"), {"POST /"}},
    {"one chunk", chunked("5\r\nhello\r\n0\r\n\r\n"), {"POST / <hello>"}},
    {"two chunks", chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), {"POST / <hello world>"}},
    {"sizes in hex of both cases, zeros in front",
     chunked("0A\r\n0123456789\r\n00b\r\n0123456789a\r\n000\r\n\r\n"),
     {"POST / <01234567890123456789a>"}},
    {"line ends within a chunk", chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n"), {"POST / <\r\n\r\n>"}},
    {"an extension", chunked("5;name=value;flag;q=\"quoted\"\r\nhello\r\n0;last\r\n\r\n"), {"POST / <hello>"}},
    {"the coding in capitals", post("Transfer-Encoding: CHUNKED\r\n", "1\r\nx\r\n0\r\n\r\n"), {"POST / <x>"}},
    {"not yet all of it", chunked("5\r\nhello\r\n0\r\n"), {"waits"}},
    {"then the next", chunked("5\r\nhello\r\n0\r\n\r\n") + next, {"POST / <hello>", "GET /"}},
    {"then another", chunked("5\r\nhello\r\n0\r\n\r\n") + chunked("0\r\n\r\n"), {"POST / <hello>", "POST /"}},
    {"a trailer", chunked("5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n") + next, {"POST / <hello>", "GET /"}},
  });
}

TEST(HttpParser, RefusesBrokenChunks) {
  expect_all({
    {"no size", chunked("\r\nhello\r\n0\r\n\r\n"), {"400"}},
    {"a size that is no number", chunked("x\r\nhello\r\n0\r\n\r\n"), {"400"}},
    {"a negative size", chunked("-5\r\nhello\r\n0\r\n\r\n"), {"400"}},
    {"a size with 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), {"400"}},
    {"a size of 2^64", chunked("10000000000000000\r\nhello\r\n0\r\n\r\n"), {"400"}},
    {"more than the size", chunked("4\r\nhello\r\n0\r\n\r\n"), {"400"}},
    {"less than the size", chunked("6\r\nhello\r\n0\r\n\r\n"), {"400"}},
    {"a bare line feed behind the size", chunked("5\nhello\r\n0\r\n\r\n"), {"400"}},
    {"a broken extension", chunked("5;\x01\r\nhello\r\n0\r\n\r\n"), {"400"}},
    {"a broken trailer", chunked("0\r\nX Sum: 1\r\n\r\n"), {"400"}},
    {"a length in the trailer", chunked("0\r\nContent-Length: 5\r\n\r\nhello"), {"400"}},
    {"a coding in the trailer", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), {"400"}},
  });
}

TEST(HttpParser, ARequestOfEveryKindIsTakenHoweverItIsCutAndInAnyCompany) {
  expect_seen(get("X-A: 1\r\n") + post("Content-Length: 3\r\n", "abc") + chunked("3\r\nabc\r\n0\r\nX-B: 2\r\n\r\n") +
                "HEAD /x?y HTTP/1.0\r\n\r\n" + get("Connection: close\r\n"),
              {"GET /", "POST / <abc>", "POST / <abc>", "HEAD /x?y close", "GET / close"});
}

TEST(HttpParser, LeavesWhatIsBehindTheRequest) {
  http_parser subject{{}};
  auto input = post("Content-Length: 5\r\n", "hello") + "\x81\x85";
  EXPECT_EQ(line(std::get<parsed_request>(subject.take(input))), "POST / <hello>");
  EXPECT_EQ(input, "\x81\x85");
}

TEST(HttpParser, WaitsForTheEndOfTheHeader) {
  const auto whole = get("X-Invalid[]: not looked at yet\r\n");
  for (size_t size = 1; size < whole.size(); ++size)
    EXPECT_EQ(parse(whole.substr(0, size)), seen{"waits"}) << size;
  for (auto prefix : {"\r", "G", "GET", "GET ", "GET /", "GET / ", "GET / H", "GET / HTTP/1.1", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\n",
                      "GET / HTTP/1.1\r\nHost", "GET / HTTP/1.1\r\nHost:", "GET / HTTP/1.1\r\nHost: a", "GET / HTTP/1.1\r\nHost: a\r\n",
                      "GET / HTTP/1.1\r\nHost: a\r\n\r"})
    EXPECT_EQ(parse(prefix), seen{"waits"}) << prefix;
}

TEST(HttpParser, IsInsideBehindTheHeaderUntilTheBodyIsThere) {
  http_parser subject{{}};
  std::string input;
  EXPECT_FALSE(subject.is_inside());
  input = post("Content-Length: 5\r\n", "hell");
  EXPECT_EQ(line(std::get<std::monostate>(subject.take(input))), "waits");
  EXPECT_TRUE(subject.is_inside());
  input += "o";
  EXPECT_EQ(line(std::get<parsed_request>(subject.take(input))), "POST / <hello>");
  EXPECT_FALSE(subject.is_inside());
}

TEST(HttpParser, WantsExactlyOneHost) {
  expect_all({
    {"none", "GET / HTTP/1.1\r\nX-A: 1\r\n\r\n" + next, {"400"}},
    {"no field at all", "GET / HTTP/1.1\r\n\r\n" + next, {"400"}},
    {"two", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + next, {"400"}},
    {"the same twice", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n" + next, {"400"}},
    {"an empty one", "GET / HTTP/1.1\r\nHost:\r\n\r\n", {"GET /"}},
    {"none, as HTTP/1.0 may", "GET / HTTP/1.0\r\n\r\n", {"GET / close"}},
    {"two in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", {"400"}},
  });
}

TEST(HttpParser, KnowsHttp10And11Only) {
  expect_all({
    {"1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", {"GET / close"}},
    {"1.1", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", {"GET /"}},
    {"0.9", "GET /\r\n\r\n" + next, {"400"}},
    {"0.9 with a space", "GET / \r\n\r\n" + next, {"400"}},
    {"1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"9.9", "GET / HTTP/9.9\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {"400"}},
    {"something behind it", "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"no space", "GET /HTTP/1.1\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n" + next, {"400"}},
  });
}

TEST(HttpParser, KeepsAliveAsTheVersionAndTheFieldSay) {
  expect_all({
    {"1.1", get(), {"GET /"}},
    {"1.1 with close", get("Connection: close\r\n"), {"GET / close"}},
    {"1.1 with close among others", get("Connection: x, Close\r\n"), {"GET / close"}},
    {"1.1 with close in a second field", get("Connection: x\r\nConnection: close\r\n"), {"GET / close"}},
    {"1.0", "GET / HTTP/1.0\r\n\r\n", {"GET / close"}},
    {"1.0 with keep-alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", {"GET /"}},
  });
}

TEST(HttpParser, RefusesTransferEncodingsOtherThanExactlyChunked) {
  const auto rest = "5\r\nhello\r\n0\r\n\r\n" + next;
  expect_all({
    {"xchunked", post("Transfer-Encoding: xchunked\r\n", rest), {"501"}},
    {"identity", post("Transfer-Encoding: identity\r\n", rest), {"501"}},
    {"chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", rest), {"501"}},
    {"gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", rest), {"501"}},
    {"chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n", rest), {"501"}},
    {"with a parameter", post("Transfer-Encoding: chunked;q=1\r\n", rest), {"501"}},
    {"quoted", post("Transfer-Encoding: \"chunked\"\r\n", rest), {"501"}},
    {"with a comma", post("Transfer-Encoding: chunked,\r\n", rest), {"501"}},
    {"empty", post("Transfer-Encoding:\r\n", rest), {"501"}},
    {"gzip in a field of its own", post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", rest), {"501"}},
    {"identity in a field of its own", post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", rest), {"501"}},
    {"twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", rest), {"400"}},
    {"in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + rest, {"400"}},
    {"a space before the colon", post("Transfer-Encoding : chunked\r\n", rest), {"400"}},
    {"a vertical tab in front", post("Transfer-Encoding: \vchunked\r\n", rest), {"400"}},
    {"a vertical tab behind", post("Transfer-Encoding: chunked\v\r\n", rest), {"400"}},
    {"a form feed in front", post("Transfer-Encoding: \fchunked\r\n", rest), {"400"}},
    {"folded", post("Transfer-Encoding:\r\n chunked\r\n", rest), {"400"}},
    {"folded by a tab", post("Transfer-Encoding: gzip,\r\n\tchunked\r\n", rest), {"400"}},
  });
}

TEST(HttpParser, RefusesLengthsThatCanBeReadInTwoWays) {
  const auto rest = "hello" + next;
  expect_all({
    {"with chunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), {"400"}},
    {"behind chunked", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), {"400"}},
    {"with another coding", post("Content-Length: 5\r\nTransfer-Encoding: x\r\n", rest), {"400"}},
    {"behind another coding", post("Transfer-Encoding: x\r\nContent-Length: 5\r\n", rest), {"501"}},
    {"the same twice", post("Content-Length: 5\r\nContent-Length: 5\r\n", rest), {"400"}},
    {"two that differ", post("Content-Length: 5\r\nContent-Length: 6\r\n", rest), {"400"}},
    {"a list", post("Content-Length: 5, 5\r\n", rest), {"400"}},
    {"a list of one", post("Content-Length: 5,\r\n", rest), {"400"}},
    {"+5", post("Content-Length: +5\r\n", rest), {"400"}},
    {"-5", post("Content-Length: -5\r\n", rest), {"400"}},
    {"-1234567890987654321", post("Content-Length: -1234567890987654321\r\n", rest), {"400"}},
    {"0x5", post("Content-Length: 0x5\r\n", rest), {"400"}},
    {"5 5", post("Content-Length: 5 5\r\n", rest), {"400"}},
    {"5.0", post("Content-Length: 5.0\r\n", rest), {"400"}},
    {"abc", post("Content-Length: abc\r\n", rest), {"400"}},
    {"empty", post("Content-Length:\r\n", rest), {"400"}},
    {"2^64", post("Content-Length: 18446744073709551616\r\n", rest), {"400"}},
    {"2^64 + 5", post("Content-Length: 18446744073709551621\r\n", rest), {"400"}},
    {"2^64 - 1", post("Content-Length: 18446744073709551615\r\n", rest), {"413"}},
    {"a space before the colon", post("Content-Length : 5\r\n", rest), {"400"}},
    {"folded", post("Content-Length: 5\r\n 0\r\n", rest), {"400"}},
  });
}

TEST(HttpParser, RefusesHeaderLinesThatProxiesReadInTwoWays) {
  expect_all({
    {"folded by a space", get("X-A: 1\r\n folded\r\n") + next, {"400"}},
    {"folded by a tab", get("X-A: 1\r\n\tfolded\r\n") + next, {"400"}},
    {"folded in the first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n" + next, {"400"}},
    {"a bare line feed", get("X-A: 1\nX-B: 2\r\n") + next, {"400"}},
    {"a bare line feed at the end", "GET / HTTP/1.1\r\nHost: a\n\r\n\r\n" + next, {"400"}},
    {"bare line feeds only", "GET / HTTP/1.1\nHost: a\n\n" + next, {"400"}},
    {"a bare carriage return", get("X-A: 1\rX-B: 2\r\n") + next, {"400"}},
    {"a carriage return in front of a line", get("\rX-A: 1\r\n") + next, {"400"}},
    {"a carriage return in front of the request", "\r" + next, {"400"}},
    {"an empty line in front", "\r\n" + next, {"400"}},
    {"empty lines in front", "\r\n\r\n" + next, {"400"}},
    {"a space in front of the request", " " + next, {"400"}},
    {"NUL in a value", get("X-A: 1\0002\r\n"s) + next, {"400"}},
    {"NUL in a name", get("X\0A: 1\r\n"s) + next, {"400"}},
    {"a bell in a value", get("X-A: \x07\r\n") + next, {"400"}},
    {"DEL in a value", get("X-A: \x7f\r\n") + next, {"400"}},
    {"brackets in a name", get("X-Invalid[]: 1\r\n") + next, {"400"}},
    {"a space in a name", get("X A: 1\r\n") + next, {"400"}},
    {"a space before the colon", get("X-A : 1\r\n") + next, {"400"}},
    {"a high byte in a name", get("X-\xe9: 1\r\n") + next, {"400"}},
    {"no name", get(": 1\r\n") + next, {"400"}},
    {"no colon", get("X-A\r\n") + next, {"400"}},
    {"an extra line", get("Extra line") + next, {"400"}},
    {"a tab behind the colon", get("X-A:\t1\r\n"), {"GET /"}},
    {"nothing behind the colon", get("X-A:\r\n"), {"GET /"}},
    {"a high byte in a value", get("X-A: caf\xe9\r\n"), {"GET /"}},
  });
}

TEST(HttpParser, RefusesTargetsThatAreNotPlainAscii) {
  expect_all({
    {"a high byte", "GET /caf\xe9 HTTP/1.1\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"UTF-8", "GET /caf\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"a high byte in the query", "GET /?q=\xff HTTP/1.1\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"NUL", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s + next, {"400"}},
    {"a bell", "GET /\x07 HTTP/1.1\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"a tab", "GET /\t HTTP/1.1\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"none", "GET  HTTP/1.1\r\nHost: a\r\n\r\n" + next, {"400"}},
    {"escaped", "GET /caf%C3%A9%00 HTTP/1.1\r\nHost: a\r\n\r\n", {"GET /caf%C3%A9%00"}},
    {"a star", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", {"OPTIONS *"}},
  });
}

TEST(HttpParser, TrailersChangeNothing) {
  constexpr auto trailers = "authorization: Bearer stolen\r\norigin: https://evil.example\r\nHost: evil.example\r\nX-User: root\r\n"
                            "Connection: close, upgrade\r\nUpgrade: websocket\r\nContent-Type: text/html\r\n";
  auto whole = parsed(chunked(fmt::format("2\r\nhi\r\n0\r\n{}\r\n", trailers)));
  EXPECT_EQ(line(whole), "POST / <hi>");
  EXPECT_EQ(whole.request.headers.get("host"), "a.example");
  for (auto name : {"authorization", "origin", "x-user", "connection", "upgrade", "content-type"})
    EXPECT_EQ(whole.request.headers.count(name), 0u) << name;
  EXPECT_EQ(whole.request.headers.count("host"), 1u);
}

TEST(HttpParser, AHeaderMayBeAsLongAsItsLimitAndNoLonger) {
  constexpr auto limits = http_limits{.header_bytes_max = 100, .body_bytes_max = 10};
  auto of = [](size_t size) { return get("X-A: " + std::string(size - get("X-A: \r\n").size() + 4, 'x') + "\r\n"); };
  ASSERT_EQ(of(100).size(), 100u + 4u) << "the empty line does not count";
  expect_seen(of(99), {"GET /"}, limits);
  expect_seen(of(100), {"GET /"}, limits);
  expect_seen(of(101), {"431"}, limits);
  expect_seen(of(101) + next, {"431"}, limits);
  expect_seen(of(5000), {"431"}, limits);
  expect_seen(std::string(103, 'x'), {"waits"}, limits);
  expect_seen(std::string(104, 'x'), {"431"}, limits);
}

TEST(HttpParser, RefusesHeadersTargetsAndCrowdsOfFieldsThatAreTooLarge) {
  std::string many;
  for (auto i = 0; i < 2000; ++i)
    many += fmt::format("X-{}: 1\r\n", i);
  EXPECT_EQ(parse(get(many)), seen{"431"});
  EXPECT_EQ(parse(get(many + "Connection: Upgrade\r\nUpgrade: websocket\r\n")), seen{"431"});
  EXPECT_EQ(parse(get("X-A: " + std::string(17'000, 'x') + "\r\n")), seen{"431"});
  EXPECT_EQ(parse("GET /" + std::string(17'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n"), seen{"431"});
  EXPECT_EQ(parse(std::string(17'000, 'A')), seen{"431"}) << "a header that never ends";
}

TEST(HttpParser, ABodyMayBeAsLongAsItsLimitAndNoLonger) {
  constexpr auto limits = http_limits{.header_bytes_max = 200, .body_bytes_max = 10};
  expect_seen(post("Content-Length: 10\r\n", "0123456789"), {"POST / <0123456789>"}, limits);
  expect_seen(post("Content-Length: 11\r\n", ""), {"413"}, limits);
  expect_seen(post("Content-Length: 11\r\n", "0123456789a"), {"413"}, limits);
  expect_seen(chunked("4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n"), {"POST / <0123456789>"}, limits);
  expect_seen(chunked("4\r\n0123\r\n7\r\n"), {"413"}, limits);
  expect_seen(chunked("b\r\n01"), {"413"}, limits);
  expect_seen(chunked("ffffffffffffffff\r\n"), {"413"}, limits);
}

TEST(HttpParser, TakesABodyOfAMebibyte) {
  const auto body = std::string(1 << 20, 'x');
  auto wire = post(fmt::format("Content-Length: {}\r\n", body.size()), body) + next;
  EXPECT_EQ(parse(wire, [] { return 65'536u; }), (seen{"POST / <" + body + ">", "GET /"}));
  EXPECT_EQ(parse(post(fmt::format("Content-Length: {}\r\n", body.size() + 1), "")), seen{"413"});
}

TEST(HttpParser, WhatStandsAroundChunksIsBounded) {
  const auto long_text = std::string(100'000, 'x');
  const auto in_pieces = [] { return 1'000u; };
  for (const auto& rest :
       {"1;" + long_text + "\r\nx\r\n0\r\n\r\n", "1;a=\"" + long_text + "\"\r\nx\r\n0\r\n\r\n", "0\r\nX-A: " + long_text + "\r\n\r\n",
        "1\r\nx\r\n0;" + long_text + "\r\n\r\n", "0" + long_text, "1;" + long_text}) {
    EXPECT_EQ(parse(chunked(rest)), seen{"400"}) << rest.substr(0, 20);
    EXPECT_EQ(parse(chunked(rest), in_pieces), seen{"400"}) << rest.substr(0, 20);
  }
  std::string many;
  for (auto i = 0; i < 4000; ++i)
    many += fmt::format("X-{}: 1\r\n", i);
  EXPECT_EQ(parse(chunked("0\r\n" + many + "\r\n")), seen{"400"});
  EXPECT_EQ(parse(chunked("0\r\n" + many + "\r\n"), in_pieces), seen{"400"});
}

TEST(HttpParser, ManyChunksOfOneByteAreFine) {
  std::string rest;
  for (auto i = 0; i < 20'000; ++i)
    rest += "1\r\nx\r\n";
  rest += "0\r\n\r\n";
  EXPECT_EQ(parse(chunked(rest)), seen{"POST / <" + std::string(20'000, 'x') + ">"});
}

/// A handshake of a WebSocket, with its Connection and Upgrade fields.
std::string upgrade(std::string_view lines, std::string_view rest = {}) {
  return fmt::format("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a.example\r\n{}\r\n{}", lines, rest);
}

TEST(HttpParser, KnowsAWebsocketHandshake) {
  const auto yes = seen{"GET /socket.io/?EIO=4&transport=websocket websocket"};
  const auto no = seen{"GET /socket.io/?EIO=4&transport=websocket"};
  expect_all({
    {"as browsers send it", upgrade("Connection: Upgrade\r\nUpgrade: websocket\r\n"), yes},
    {"in other cases", upgrade("connection: UPGRADE\r\nupgrade: WebSocket\r\n"), yes},
    {"among others", upgrade("Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"), yes},
    {"in a second field", upgrade("Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"), yes},
    {"with a length of zero", upgrade("Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n"), yes},
    {"no Connection", upgrade("Upgrade: websocket\r\n"), no},
    {"no Upgrade", upgrade("Connection: Upgrade\r\n"), no},
    {"another protocol", upgrade("Connection: Upgrade\r\nUpgrade: h2c\r\n"), no},
    {"a longer word", upgrade("Connection: Upgrades\r\nUpgrade: websocket\r\n"), no},
  });
}

TEST(HttpParser, IgnoresAnUpgradeInHttp10) {
  expect_seen("GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", {"GET / close"});
}

TEST(HttpParser, RefusesAnUpgradeWithABody) {
  constexpr auto fields = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  expect_seen(upgrade(std::string{fields} + "Content-Length: 4\r\n", "test"), {"400"});
  expect_seen(upgrade(std::string{fields} + "Transfer-Encoding: chunked\r\n", "4\r\ntest\r\n0\r\n\r\n"), {"400"});
}

TEST(HttpParser, TakesABodyThatWaitedForAContinue) {
  expect_seen(post("Content-Length: 5\r\nExpect: 100-continue\r\n", "hello"), {"POST / <hello>"});
}

} // namespace
} // namespace stentor
