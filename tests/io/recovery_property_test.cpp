// Clients that are lost at any moment, against a model that says what each of them hears.

#include "recovery_test.hpp"

#include <fmt/format.h>

#include <random>

namespace stentor::io {
namespace {

const room_key places[] = {"attic", "lobby", "cellar"};

/// What one client is told, and how much of it has arrived.
struct told {
  struct line {
    std::string text;
    bool is_kept;
  };
  std::vector<line> lines;
  size_t arrived = 0;
  std::set<room_key> rooms;
  bool is_lost = false;

  void lose() {
    is_lost = true;
    lines.erase(
      std::stable_partition(lines.begin() + static_cast<ptrdiff_t>(arrived), lines.end(), [](const line& x) { return x.is_kept; }),
      lines.end());
  }
  /// While it is lost, only what is kept.
  void tell(std::string text, bool is_kept) {
    if (is_kept || !is_lost)
      lines.push_back({std::move(text), is_kept});
  }
  texts all() const {
    texts heard;
    for (const auto& line : lines)
      heard.push_back(line.text);
    return heard;
  }
};

class RecoveryPropertyTest : public RecoveryTest, public testing::WithParamInterface<unsigned> {
protected:
  struct client {
    person who;
    told model;
    texts events; ///< that it has heard
  };

  std::mt19937 random{GetParam()};
  std::vector<client> clients;
  int said = 0;

  size_t below(size_t n) { return random() % n; }
  bool one_in(size_t n) { return below(n) == 0; }
  client& any() { return clients[below(clients.size())]; }
  const room_key& any_place() { return places[below(std::size(places))]; }
  std::vector<room_key> some_places() {
    std::vector<room_key> some;
    for (const auto& place : places)
      if (one_in(3))
        some.push_back(place);
    return some;
  }

  /// It reads, maybe not all of what is there: the rest it never gets.
  void read(client& one, size_t packets) {
    one.who.hear(packets);
    for (auto& text : one.who.take())
      if (text != "connected") {
        one.events.push_back(std::move(text));
        ++one.model.arrived;
      }
  }
  void cut(client& one) {
    if (one_in(2))
      settle();
    read(one, below(5));
    if (one_in(3)) // half-open: the server does not notice
      one.who.link = nullptr;
    else
      lose(one.who);
    one.model.lose();
  }
  void reconnect(client& one) {
    knock(one.who);
    one.model.is_lost = false;
  }

  void emit_to_one() {
    auto& one = any();
    auto n = ++said;
    switch (below(4)) {
      case 0:
        socket_of(one.who).emit("volatile", std::vector<json>{n}, lane::volatile_);
        return one.model.tell(fmt::format(R"(42["volatile",{}])", n), false);
      case 1: {
        if (one.model.is_lost)
          return;
        auto id = place().next_ack() + 1;
        socket_of(one.who).emit_with_ack("question", std::vector<json>{n}, std::chrono::hours{1}, [](auto&&) {});
        return one.model.tell(fmt::format(R"(42{}["question",{}])", id, n), false);
      }
      default: emit(one.who, "direct", n); return one.model.tell(fmt::format(R"(42["direct",{}])", n), true);
    }
  }
  void broadcast() {
    auto whom = audience{.rooms = some_places(), .except = one_in(2) ? some_places() : std::vector<room_key>{}};
    if (one_in(4))
      whom.rooms.push_back(any().who.sid);
    if (one_in(4))
      whom.except.push_back(any().who.sid);
    whom.how = one_in(4) ? lane::volatile_ : lane::kept;
    auto n = ++said;
    tell(whom, "news", {n});
    for (auto& one : clients) {
      auto is_in = [&](const room_key& room) { return room == one.who.sid || one.model.rooms.contains(room); };
      if ((whom.rooms.empty() || std::ranges::any_of(whom.rooms, is_in)) && std::ranges::none_of(whom.except, is_in))
        one.model.tell(fmt::format(R"(42["news",{}])", n), whom.how == lane::kept);
    }
  }
  void move() {
    auto& one = any();
    const auto& place = any_place();
    if (one_in(2)) {
      socket_of(one.who).enter(place);
      one.model.rooms.insert(place);
    } else {
      socket_of(one.who).leave(place);
      one.model.rooms.erase(place);
    }
  }
  void step() {
    switch (below(12)) {
      case 0:
        if (auto& one = any(); !one.model.is_lost)
          return cut(one);
        return;
      case 1:
      case 2:
        if (auto& one = any(); one.model.is_lost)
          return reconnect(one);
        return;
      case 3:
        settle();
        if (auto& one = any(); !one.model.is_lost)
          read(one, SIZE_MAX);
        return;
      case 4: return move();
      case 5: return settle();
      case 6:
      case 7:
      case 8: return emit_to_one();
      default: return broadcast();
    }
  }
};

TEST_P(RecoveryPropertyTest, EveryoneHearsWhatTheModelSaysOnceAndInOrder) {
  for (auto i = 0; i < 4; ++i)
    clients.push_back({somebody(), {}, {}});
  for (auto i = 0; i < 300; ++i)
    step();
  for (auto& one : clients)
    if (one.model.is_lost)
      reconnect(one);
  settle();
  for (auto& one : clients) {
    read(one, SIZE_MAX);
    EXPECT_EQ(one.events, one.model.all());
    EXPECT_GT(one.events.size(), 10u) << "the test has become idle";
  }
  EXPECT_EQ(place().size(), clients.size());
}

INSTANTIATE_TEST_SUITE_P(Seeds, RecoveryPropertyTest, testing::Range(1u, 41u));

} // namespace
} // namespace stentor::io
