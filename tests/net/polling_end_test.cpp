// How a session that polls ends.

#include "poller.hpp"

namespace stentor {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

TEST_F(polling, ThePeersCloseLetsItsGetGo) {
  auto waiting = client.park();
  EXPECT_EQ(client.post("1").body, "ok");
  EXPECT_EQ(waiting.read_answer().body, "6");
  EXPECT_EQ(client.why_it_ended(), "transport close");
}

TEST_F(polling, TheServersCloseIsFetched) {
  auto waiting = client.park();
  client.post("4close");
  EXPECT_EQ(waiting.read_answer().body, "1");
  EXPECT_EQ(client.why_it_ended(), "forced close");
}

TEST_F(polling, TheServersCloseComesBehindWhatWasSentBefore) {
  client.post(payload("4one", "4close", "4two"));
  EXPECT_EQ(client.get(), payload("4one", "1"));
  EXPECT_FALSE(client.is_known());
}

TEST_F(polling, AHangUpOfTheGetThatWaitsEndsTheSession) {
  for (auto hang_up : {&raw_client::hang_up, &raw_client::reset}) {
    auto one = poller{server};
    auto waiting = one.park();
    (waiting.*hang_up)();
    EXPECT_EQ(one.why_it_ended(), "transport close");
  }
}

TEST_F(polling, AHangUpBetweenTwoGetsIsNothing) {
  for (auto i = 0; i < 10; ++i) {
    client.post("4hello");
    EXPECT_EQ(client.get(), "4hello");
  }
}

TEST_F(polling, AClientThatNeverFetchesIsDroppedAtItsBudget) {
  echo_server tight{[](settings& s) { s.network.outbox_bytes_max = 100'000; }};
  auto lazy = poller{tight};
  for (auto i = 0; i < 20; ++i)
    tight.on_thread([](auto& app) { app.tell_all(std::string(10'000, 'x')); });
  EXPECT_EQ(lazy.why_it_ended(), "transport close");
}

struct polling_with_a_heartbeat : testing::Test {
  echo_server server{with_quick_pings};
};

TEST_F(polling_with_a_heartbeat, AClientThatAnswersStays) {
  auto start = steady_clock::now();
  auto client = poller{server};
  for (auto i = 1; i <= 5; ++i) {
    ASSERT_EQ(client.get(), "2");
    ASSERT_GE(steady_clock::now() - start, i * 50ms);
    ASSERT_EQ(client.post("3").body, "ok");
  }
}

TEST_F(polling_with_a_heartbeat, AClientThatDoesNotIsGoneAfterIntervalAndTimeout) {
  auto start = steady_clock::now();
  auto client = poller{server};
  EXPECT_EQ(server.log.next_close(), "ping timeout");
  EXPECT_GE(steady_clock::now() - start, 100ms);
  EXPECT_LT(steady_clock::now() - start, 3s);
  EXPECT_FALSE(client.is_known());
}

TEST_F(polling_with_a_heartbeat, AGetThatWaitsIsToldThatItsTimeIsOver) {
  auto client = poller{server};
  EXPECT_EQ(client.get(), "2");
  EXPECT_EQ(client.get(), "1");
  EXPECT_FALSE(client.is_known());
}

struct polling_until_its_deadline : polling_with_a_heartbeat {
  poller client{server};
  raw_client http = server.client();

  /// The answer to a request that comes when the pong's deadline is over and the timer has not come to it yet.
  http_answer ask_too_late(std::string_view method, std::string_view body) {
    EXPECT_EQ(http.ask(client.request("GET", "")).body, "2");
    server.on_thread([&](auto&) {
      http.send(client.request(method, body));
      for (auto end = steady_clock::now() + 60ms; steady_clock::now() < end;)
        ;
    });
    return http.read_answer();
  }
};

TEST_F(polling_until_its_deadline, AGetThatComesTooLateFindsNoSession) {
  auto answer = ask_too_late("GET", "");
  EXPECT_EQ(answer.status, 400u);
  EXPECT_EQ(answer.body, unknown_sid);
  EXPECT_EQ(server.log.next_close(), "ping timeout");
}

TEST_F(polling_until_its_deadline, APongThatComesTooLateFindsNoSession) {
  auto answer = ask_too_late("POST", "3");
  EXPECT_EQ(answer.status, 400u);
  EXPECT_EQ(answer.body, unknown_sid);
  EXPECT_EQ(server.log.next_close(), "ping timeout");
}

} // namespace
} // namespace stentor
