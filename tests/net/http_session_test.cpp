#include "echo_server.hpp"

namespace stentor {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using std::chrono::steady_clock;

constexpr auto get = "GET /a?b HTTP/1.1\r\nHost: a.example\r\n\r\n";

struct http_session_on_a_socket : testing::Test {
  echo_server server;
  raw_client client = server.client();
};

TEST_F(http_session_on_a_socket, AnswersAndKeepsTheConnection) {
  for (auto i = 0; i < 3; ++i)
    EXPECT_EQ(client.ask(get).whole(),
              "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nGET /a b <>");
}

TEST_F(http_session_on_a_socket, TakesBodies) {
  EXPECT_EQ(client.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").body, "POST /  <hello>");
  EXPECT_EQ(client.ask("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n").body, "PUT /  <hello>");
}

TEST_F(http_session_on_a_socket, AnswersAPipelineInItsOrder) {
  client.send(
    "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /later HTTP/1.1\r\nHost: a\r\n\r\n"
    "GET /4 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "GET /1  <>");
  EXPECT_EQ(client.read_answer().body, "POST /2  <x>");
  EXPECT_TRUE(server.log.await_waiting(1));
  server.on_thread([](auto& app) { app.answer_later(); });
  EXPECT_EQ(client.read_answer().body, "at last");
  EXPECT_EQ(client.read_answer().body, "GET /4  <>");
}

TEST_F(http_session_on_a_socket, ALongPipelineIsAnswered) {
  std::string requests;
  for (auto i = 0; i < 1000; ++i)
    requests += get;
  client.send(requests);
  for (auto i = 0; i < 1000; ++i)
    ASSERT_EQ(client.read_answer().status, 200u);
}

TEST_F(http_session_on_a_socket, AnswersAHeadWithoutABody) {
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  client.send("GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  auto both = client.read_to_end();
  EXPECT_NE(both.find("Connection: keep-alive\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nHTTP/1.1 200 OK\r\n"), both.npos)
    << both;
}

TEST_F(http_session_on_a_socket, AnErrorBehindAHeadHasItsBody) {
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nNONSENSE\r\n\r\n");
  auto both = client.read_to_end();
  auto second = both.substr(both.rfind("HTTP/1.1 400"));
  auto length = std::stoul(second.substr(second.find("Content-Length: ") + 16));
  EXPECT_GT(length, 0u);
  EXPECT_EQ(second.size() - second.find("\r\n\r\n") - 4, length) << second;
}

TEST_F(http_session_on_a_socket, ClosesWhereTheClientWantsIt) {
  for (auto request : {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    auto other = server.client();
    auto answer = other.ask(request);
    EXPECT_EQ(answer.status, 200u);
    EXPECT_TRUE(answer.has("Connection: close"));
    EXPECT_TRUE(other.at_end());
  }
  EXPECT_TRUE(client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").has("Connection: keep-alive"));
  EXPECT_EQ(client.ask(get).status, 200u);
}

TEST_F(http_session_on_a_socket, WhatIsBadIsAnsweredAndEndsTheStreamNothingElse) {
  struct {
    unsigned status;
    std::string request;
  } rows[] = {
    {400, "NONSENSE\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\n\r\n"},
    {400, "GET / HTTP/9.9\r\nHost: a\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    {400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n"},
    {431, "GET / HTTP/1.1\r\nHost: a\r\nX-A: " + std::string(20'000, 'x')},
    {501, "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"},
  };
  for (const auto& row : rows) {
    auto other = server.client();
    auto answer = other.ask(row.request + get);
    EXPECT_EQ(answer.status, row.status) << row.request;
    EXPECT_TRUE(answer.has("Connection: close")) << row.request;
    EXPECT_TRUE(other.at_end()) << row.request << ": what follows is not read";
    EXPECT_EQ(client.ask(get).status, 200u);
  }
}

TEST_F(http_session_on_a_socket, AChunkedBodyThatStopsBeforeItsLastLineEndHurtsNobody) {
  for (auto last : {"0", "0\r", "0\r\n", "0\r\n\r", "5\r\nhello\r\n0\r\n"}) {
    auto other = server.client();
    other.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    other.send(last);
    EXPECT_EQ(client.ask(get).status, 200u) << "the piece has been read";
    other.send("\r");
    EXPECT_EQ(client.ask(get).status, 200u);
  }
}

TEST_F(http_session_on_a_socket, AnAnswerIsReadableThoughTheClientStillSends) {
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n");
  for (auto i = 0; i < 20; ++i)
    EXPECT_TRUE(client.try_send(std::string(100'000, 'x')));
  EXPECT_EQ(client.read_answer().status, 413u);
}

TEST(HttpSession, ARequestThatIsTooLargeIsReadableByPagesOfItsOrigin) {
  echo_server server{[](settings& s) { s.cors.origins = {"https://chat.example"}; }};
  for (auto path : {"/", "/socket.io/?EIO=4&transport=polling&sid=x"}) {
    auto answer = server.client().ask(
      fmt::format("POST {} HTTP/1.1\r\nHost: a\r\nOrigin: https://chat.example\r\nContent-Length: 2000000\r\n\r\n", path));
    EXPECT_EQ(answer.status, 413u);
    EXPECT_EQ(answer.body.empty(), path != "/"s) << path;
    EXPECT_TRUE(answer.has("Access-Control-Allow-Origin: https://chat.example")) << path;
  }
  auto preflight = server.client().ask("OPTIONS /socket.io/ HTTP/1.1\r\nHost: a\r\nOrigin: https://chat.example\r\n\r\n");
  EXPECT_EQ(preflight.status, 204u);
  EXPECT_TRUE(preflight.has("Content-Length: 0"));
  EXPECT_EQ(preflight.head.find("Content-Type"), preflight.head.npos);
}

TEST_F(http_session_on_a_socket, APathWithoutItsSlashIsNotThere) {
  EXPECT_EQ(client.ask("GET /socket.io?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n").whole(),
            "HTTP/1.1 404 Not Found\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
}

TEST_F(http_session_on_a_socket, AnswersWhenTheApplicationDoes) {
  client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(server.log.await_waiting(1));
  EXPECT_EQ(server.client().ask(get).status, 200u) << "others need not wait";
  server.on_thread([](auto& app) { app.answer_later(); });
  EXPECT_EQ(client.read_answer().body, "at last");
  EXPECT_EQ(client.ask(get).status, 200u);
}

TEST_F(http_session_on_a_socket, AnswersARequestThatTheApplicationForgets) {
  EXPECT_EQ(client.ask("GET /never HTTP/1.1\r\nHost: a\r\n\r\n").status, 500u);
  EXPECT_EQ(client.ask(get).status, 200u);
}

TEST_F(http_session_on_a_socket, AnAnswerForAClientThatHasGoneIsDropped) {
  for (auto i = 0; i < 10; ++i) {
    auto gone = server.client();
    gone.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    if (i % 2 == 0)
      gone.reset();
  }
  EXPECT_TRUE(server.log.await_waiting(10));
  server.on_thread([](auto& app) { app.answer_later(); });
  EXPECT_EQ(client.ask(get).status, 200u);
}

TEST_F(http_session_on_a_socket, EveryDescriptorComesBack) {
  client.ask(get);
  auto before = open_descriptors();
  for (auto i = 0; i < 200; ++i) {
    auto other = server.client();
    other.ask(i % 2 ? "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" : "NONSENSE\r\n\r\n");
    EXPECT_TRUE(other.at_end());
  }
  for (auto i = 0; i < 200; ++i)
    server.client().send("GET / HT");
  EXPECT_TRUE(server.await_descriptors(before));
}

// -- time ---------------------------------------------------------------------

struct http_session_in_a_hurry : testing::Test {
  static constexpr auto timeout = 100ms;
  echo_server server{[](settings& s) { s.network.header_timeout_ms = timeout.count(); }};
  size_t before = open_descriptors();
  steady_clock::time_point start = steady_clock::now();
  raw_client client = server.client();

  /// The server hangs up without a word, not too early and not too late, and frees the socket.
  void expect_timeout() {
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_GE(steady_clock::now() - start, timeout);
    EXPECT_LT(steady_clock::now() - start, timeout + 3s);
    EXPECT_EQ(open_descriptors(), before + 1) << "that of the client";
  }
};

TEST_F(http_session_in_a_hurry, AClientThatSaysNothingTimesOut) {
  expect_timeout();
}

TEST_F(http_session_in_a_hurry, AHalfSentHeaderTimesOut) {
  client.send("GET / HTTP/1.1\r\nHost: a");
  expect_timeout();
}

TEST_F(http_session_in_a_hurry, AHalfSentBodyTimesOut) {
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell");
  expect_timeout();
}

TEST_F(http_session_in_a_hurry, AHalfSentSecondRequestTimesOut) {
  start = steady_clock::now();
  EXPECT_EQ(client.ask(std::string{get} + "GET /a").status, 200u);
  expect_timeout();
}

TEST_F(http_session_in_a_hurry, AnIdleConnectionTimesOut) {
  start = steady_clock::now();
  EXPECT_EQ(client.ask(get).status, 200u);
  expect_timeout();
}

TEST_F(http_session_in_a_hurry, DribblingDoesNotBuyTime) {
  {
    auto witness = server.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-A: ");
    while (client.try_send("x")) {
      ASSERT_EQ(witness.ask(get).status, 200u);
      ASSERT_LT(steady_clock::now() - start, timeout + 3s);
    }
  }
  server.await_descriptors(before + 1);
  expect_timeout();
}

TEST_F(http_session_in_a_hurry, AnApplicationMayTakeItsTime) {
  client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(server.log.await_waiting(1));
  auto witness = server.client();
  witness.send("GET / HT");
  EXPECT_TRUE(witness.at_end()) << "has timed out";
  server.on_thread([](auto& app) { app.answer_later(); });
  EXPECT_EQ(client.read_answer().body, "at last");
}

TEST_F(http_session_in_a_hurry, AClientThatDoesNotReadItsAnswerIsDropped) {
  auto lazy = raw_client{server.port(), 4096};
  lazy.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(server.client().ask(get).status, 200u);
  auto witness = server.client();
  witness.send("GET / HT");
  EXPECT_TRUE(witness.at_end()) << "begun later, and has timed out";
  EXPECT_TRUE(server.await_descriptors(before + 3)) << "those of the three clients";
  EXPECT_LT(lazy.read_to_end().size(), 10'000'000u);
}

} // namespace
} // namespace stentor
