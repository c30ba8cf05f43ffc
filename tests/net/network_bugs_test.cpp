// What is thrown on a network, and what it ends.

#include "base/metrics.hpp"
#include "poller.hpp"

#include <boost/asio/post.hpp>

namespace stentor {
namespace {

using namespace std::string_literals;
using websocket::frame;
using websocket::text;

/// A network on which something throws while a bystander looks on.
struct network_with_bugs : testing::Test {
  echo_server server;
  raw_client bystander = server.websocket();
  int64_t errors_before = metrics::total(metrics::metric::errors);

  int64_t errors() const { return metrics::total(metrics::metric::errors) - errors_before; }
  void expect_alive() {
    EXPECT_EQ(bystander.answer_to("4hello"), "text 4hello");
    EXPECT_EQ(server.echo("new"), "text 4new");
    EXPECT_EQ(errors(), 1);
  }
};

TEST_F(network_with_bugs, AHandlerOfAMessageEndsItsConnectionOnly) {
  auto client = server.websocket();
  client.say("4throw");
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(server.log.next_close(), "transport error");
  expect_alive();
}

TEST_F(network_with_bugs, SoDoesOneOfAMessageBehindTheHandshake) {
  auto client = server.client();
  client.send(upgrade_request() + text("4throw"));
  EXPECT_EQ(client.read_answer().status, 101u);
  client.read_to_end();
  EXPECT_EQ(server.log.next_close(), "transport error");
  expect_alive();
}

TEST_F(network_with_bugs, AHandlerOfAnOpeningLetsNobodyIn) {
  auto client = server.client();
  client.send(upgrade_request("EIO=4&transport=websocket&throw", upgrade_lines()) + text("4hello"));
  EXPECT_EQ(client.read_answer().status, 101u);
  client.read_to_end();
  expect_alive();
}

TEST_F(network_with_bugs, AHandlerOfAClosingKeepsNothing) {
  auto client = server.websocket();
  client.say("4throw at the end");
  client.send(frame(0x88));
  EXPECT_EQ(client.hear(), "close");
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(server.log.await_handlers(1));
  server.log.next_close();
  expect_alive();
}

TEST_F(network_with_bugs, ARequestIsAnsweredAndItsConnectionKept) {
  auto client = server.client();
  for (auto path : {"/throw", "/after"}) {
    auto answer = client.ask(fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path));
    EXPECT_EQ(answer.status, path == "/throw"s ? 500u : 200u);
    EXPECT_TRUE(answer.has("Connection: keep-alive"));
  }
  expect_alive();
}

TEST_F(network_with_bugs, APollAndAPostAreAnswered) {
  auto client = poller{server};
  auto waiting = client.park();
  EXPECT_EQ(client.post("4throw").status, 500u);
  EXPECT_EQ(waiting.read_answer().status, 500u);
  EXPECT_EQ(server.log.next_close(), "transport error");
  EXPECT_EQ(waiting.ask(client.request("GET", "")).status, 400u);
  expect_alive();
}

TEST_F(network_with_bugs, AnOpeningPollIsAnswered) {
  auto client = server.client();
  EXPECT_EQ(client.ask("GET /socket.io/?EIO=4&transport=polling&throw HTTP/1.1\r\nHost: a\r\n\r\n").status, 500u);
  expect_alive();
}

TEST_F(network_with_bugs, NewsThatCannotBeToldAreLostAloneAmongTheirKind) {
  server.deliver_news({"throw"});
  server.deliver_news({"one"});
  EXPECT_EQ(bystander.hear(), "text 4one");
  expect_alive();
}

TEST_F(network_with_bugs, WhateverThrowsOnTheThreadDoesNotEndIt) {
  boost::asio::post(server.io(), [] { throw 1; });
  expect_alive();
}

} // namespace
} // namespace stentor
