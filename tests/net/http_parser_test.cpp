#include "http_parser_test.hpp"

namespace stentor::http_streams {
namespace {

using namespace std::string_literals;

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
} // namespace stentor::http_streams
