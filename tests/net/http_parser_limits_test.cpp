// How much a parser takes in.

#include "http_parser_test.hpp"

namespace stentor::http_streams {
namespace {

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

} // namespace
} // namespace stentor::http_streams
