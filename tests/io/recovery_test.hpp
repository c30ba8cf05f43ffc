#pragma once

// Clients that note their offsets and come back with them, as the official one does.

#include "io_test.hpp"

#include <algorithm>
#include <ranges>

namespace stentor::io {

constexpr auto held_for = std::chrono::minutes{2};

struct RecoveryTest : IoTest {
  static void recovering(settings& s) { s.recovery.max_disconnection_ms = std::chrono::milliseconds{held_for}.count(); }

  explicit RecoveryTest(change prepare = recovering) : IoTest(prepare) {}

  /// A client of `/` across its connections. What it hears is taken apart as text.
  struct person {
    wire* link = nullptr;
    std::string sid = {}, pid = {}, offset = {};
    texts heard = {}; ///< all that was told, a CONNECT as "connected", events without their offsets

    void note(std::string packet) {
      if (packet.starts_with("40{")) {
        auto answer = json::parse(packet.substr(2));
        sid = answer.at("sid");
        pid = answer.value("pid", "");
        heard.emplace_back("connected");
      } else if (packet.starts_with("42[")) {
        auto event = json::parse(packet.substr(2));
        if (event.back().is_string()) {
          offset = event.back();
          event.erase(event.size() - 1);
        }
        heard.push_back("42" + event.dump());
      } else
        heard.push_back(std::move(packet));
    }
    /// Everything, or only the next `count` packets; the others it never gets.
    void hear(size_t count = SIZE_MAX) {
      for (auto& packet : link->hear() | std::views::take(count))
        note(std::move(packet));
    }
    /// What it says when it comes back.
    std::string connect() const {
      if (pid.empty())
        return "40";
      return "40" + (offset.empty() ? json{{"pid", pid}} : json{{"pid", pid}, {"offset", offset}}).dump();
    }
    texts take() { return std::exchange(heard, {}); }
  };

  /// A client that has entered.
  person somebody() {
    auto who = person{.link = &greeted()};
    come_back(who);
    EXPECT_EQ(who.take(), texts{"connected"});
    return who;
  }
  /// A client that has entered and heard `news 1`: it has an offset.
  person informed() {
    auto who = somebody();
    emit(who, "news", 1);
    hear(who);
    return who;
  }
  /// Takes in everything that has come when nothing is left to do.
  void hear(person& who) {
    settle();
    who.hear();
  }
  using IoTest::hear;
  /// The connection is cut; what is still on its way to the client is not heard.
  void lose(person& who) {
    who.link->hang_up();
    settle();
  }
  /// Over a new connection; nothing is heard yet.
  void knock(person& who) {
    who.link = &greeted();
    who.link->say(who.connect());
    settle();
  }
  void come_back(person& who) {
    knock(who);
    who.hear();
  }
  /// Whether it comes as somebody new, in spite of its secret.
  testing::AssertionResult comes_anew(person& who) {
    auto before = who.sid;
    who.take();
    come_back(who);
    auto heard = who.take();
    if (heard == texts{"connected"} && who.sid != before)
      return testing::AssertionSuccess();
    return testing::AssertionFailure() << before << " comes back as " << who.sid << " and hears " << testing::PrintToString(heard);
  }
  socket& socket_of(const person& who) { return *place().find(who.sid); }
  void emit(const person& who, std::string_view event, int number) { socket_of(who).emit(event, std::vector<json>{number}); }
  void tell(const audience& whom, std::string event, std::vector<json> args = {}) {
    place().tell(whom, std::make_shared<const spoken>(std::move(event), std::move(args)));
  }
};

} // namespace stentor::io
