// What a parser and those before it might read in two ways.

#include "http_parser_test.hpp"

namespace stentor::http_streams {
namespace {

using namespace std::string_literals;

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

} // namespace
} // namespace stentor::http_streams
