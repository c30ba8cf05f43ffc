#include "library_test.hpp"

#include <thread>

namespace stentor {
namespace {

/// A server that looks at handshakes, and clients over both transports.
struct AllowRequestTest : testing::TestWithParam<std::string_view> {
  std::optional<server> io;
  mailbox<std::string> log;
  mailbox<verdict> asked;

  void listen(std::function<void(const handshake&, const verdict&)> look) {
    auto options = server_options{};
    options.host = "127.0.0.1";
    options.port = 0;
    options.workers = 4;
    options.log_level = "off";
    options.more = {{"network.close_timeout_ms", "100"}, {"server.drain_timeout_ms", "100"}};
    options.allow_request = std::move(look);
    io.emplace(options);
    io->root().on_connection([this](const socket&) { log.put("in"); });
    io->listen();
  }
  void listen_and_ask() {
    listen([this](const handshake&, const verdict& say) { asked.put(say); });
  }
  void TearDown() override { io.reset(); }

  static bool over_websocket() { return GetParam() == "websocket"; }
  raw_client knock(const std::string& more = "") const {
    auto query = "EIO=4&transport=" + std::string{GetParam()} + more;
    auto client = raw_client{io->port()};
    client.send(over_websocket() ? upgrade_request(query) : "GET /socket.io/?" + query + " HTTP/1.1\r\nHost: a.example\r\n\r\n");
    return client;
  }
  static std::string answer(raw_client client) {
    auto got = client.read_answer();
    return std::to_string(got.status) + " " + got.body;
  }
  static bool is_in(raw_client client) {
    auto got = answer(std::move(client));
    return over_websocket() ? got == "101 " : got.starts_with(R"(200 0{"sid":)");
  }
  static std::string refused(const std::string& message) {
    return over_websocket() ? "400 " + message : R"(403 {"code":4,"message":")" + message + "\"}";
  }
};

TEST_P(AllowRequestTest, LooksAtTheHandshake) {
  listen([this](const handshake& from, const verdict& say) {
    log.put(from.query.at("transport") + " " + from.query.at("room") + " " + from.headers.at("host") + " " + from.address + " " +
            from.auth.dump());
    say.allow();
  });
  EXPECT_TRUE(is_in(knock("&room=7")));
  EXPECT_EQ(log.take(), std::string{GetParam()} + " 7 a.example 127.0.0.1 null");
}

TEST_P(AllowRequestTest, RefusesWithItsMessageOrTheOneOfTheReference) {
  listen([](const handshake& from, const verdict& say) {
    if (from.query.contains("why"))
      say.refuse(from.query.at("why"));
    else
      say.refuse();
  });
  EXPECT_EQ(answer(knock()), refused("Forbidden"));
  EXPECT_EQ(answer(knock("&why=full")), refused("full"));
}

TEST_P(AllowRequestTest, WhatThrowsRefuses) {
  listen([](const handshake&, const verdict&) { throw std::runtime_error("a secret of the server"); });
  EXPECT_EQ(answer(knock()), refused("Forbidden"));
}

TEST_P(AllowRequestTest, MayDecideLaterOnAnyThreadAndHoldsNobodyUp) {
  listen_and_ask();
  auto first = knock();
  auto say = asked.take();
  auto second = knock();
  asked.take().allow();
  EXPECT_TRUE(is_in(std::move(second)));
  std::thread{[&] {
    say.refuse("at last");
    say.allow();
  }}.join();
  EXPECT_EQ(answer(std::move(first)), refused("at last")) << "what is said first counts";
}

TEST_P(AllowRequestTest, OneThatTakesItsTimeHoldsNobodyUp) {
  auto door = gate{};
  listen([&](const handshake& from, const verdict& say) {
    if (from.query.contains("slow")) {
      log.put("slow");
      door.wait();
    }
    say.allow();
  });
  auto slow = knock("&slow=1");
  EXPECT_EQ(log.take(), "slow");
  EXPECT_TRUE(is_in(knock()));
  door.open();
  EXPECT_TRUE(is_in(std::move(slow)));
}

TEST_P(AllowRequestTest, OneThatNeverDecidesDoesNotKeepTheServerFromClosing) {
  listen_and_ask();
  auto client = knock();
  auto say = asked.take();
  io->close();
  EXPECT_TRUE(client.at_end());
  say.allow();
}

TEST_P(AllowRequestTest, AVerdictMayOutliveTheServer) {
  listen_and_ask();
  auto client = knock();
  auto say = asked.take();
  io.reset();
  say.allow();
  say.refuse();
  EXPECT_TRUE(client.at_end());
}

TEST_P(AllowRequestTest, WhoHangsUpMeanwhileNeverComesIn) {
  listen_and_ask();
  knock().hang_up();
  asked.take().allow();
  auto client = knock();
  asked.take().allow();
  EXPECT_TRUE(is_in(std::move(client)));
  io->close();
  EXPECT_TRUE(log.empty());
}

INSTANTIATE_TEST_SUITE_P(Over, AllowRequestTest, testing::Values("polling", "websocket"),
                         [](const auto& each) { return std::string{each.param}; });

} // namespace
} // namespace stentor
