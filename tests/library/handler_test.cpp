#include "stentor/handler.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace stentor {
namespace {

event_args args(std::string_view text) {
  return json::parse(text).get<event_args>();
}

/// What a handler of one T makes of these arguments: the value as JSON, or "bad".
template <class T>
std::string taken(std::string_view text) {
  auto out = std::string{"not called"};
  try {
    make_handler([&](T value) { out = to_json_value(std::move(value)).dump(); })(args(text), {});
  } catch (const bad_arguments&) {
    return "bad";
  }
  return out;
}

TEST(Handler, GetsEachArgumentInTheTypeItWants) {
  auto got = std::string{};
  make_handler([&](std::string a, int b, double c, bool d, std::vector<int> e, json f, const std::string& g) {
    got = a + std::to_string(b) + std::to_string(c).substr(0, 3) + (d ? "yes" : "no") + std::to_string(e.size()) + f.dump() + g;
  })(args(R"(["x",7,1.5,true,[1,2,3],{"b":1,"a":2},"y"])"), {});
  EXPECT_EQ(got, R"(x71.5yes3{"b":1,"a":2}y)");
}

TEST(Handler, MayBeAnythingThatCanBeCalled) {
  auto sum = 0;
  std::function<void(int)> function = [&](int x) { sum += x; };
  make_handler(function)(args("[1]"), {});
  make_handler([&sum, times = 0](int x) mutable { sum += x * ++times; })(args("[10]"), {});
  static auto seen = 0;
  make_handler(+[](int x) { seen = x; })(args("[100]"), {});
  make_handler([&] { sum += 1000; })(args(R"(["nothing is wanted"])"), {});
  make_handler([&](int x) noexcept { sum += x; })(args("[10000]"), {});
  EXPECT_EQ(sum, 11011);
  EXPECT_EQ(seen, 100);
}

TEST(Handler, RemembersWhatItIsFromCallToCall) {
  auto counts = std::vector<int>{};
  auto call = make_handler([&counts, times = 0]() mutable { counts.push_back(++times); });
  call({}, {});
  call({}, {});
  EXPECT_EQ(counts, (std::vector<int>{1, 2}));
}

// A handler whose parameters cannot be read does not compile, nor does one with something behind its ack.
template <class... Types>
constexpr bool ack_is_last = detail::ack_is_last(static_cast<std::tuple<Types...>*>(nullptr));
struct overloaded {
  void operator()(int) {}
  void operator()(double) {}
};
static_assert(!detail::has_signature<decltype([](auto) {})> && !detail::has_signature<overloaded> && !detail::has_signature<int>);
static_assert(detail::has_signature<decltype([](int) {})> && detail::has_signature<void (*)(int)>);
static_assert(ack_is_last<> && ack_is_last<ack> && ack_is_last<int, ack> && ack_is_last<int, double>);
static_assert(!ack_is_last<ack, int> && !ack_is_last<ack, ack>);

TEST(Values, AnOptionalIsItsValueOrNull) {
  auto none = std::optional<int>{};
  auto nested = std::optional{std::optional{binary{{1}}}};
  EXPECT_EQ(to_json_values(none, std::optional{7}, std::optional<std::string>{"x"}, std::nullopt),
            (std::vector<json>{nullptr, 7, "x", nullptr}));
  EXPECT_EQ(to_json_value(nested), json::binary({1}));
}

TEST(Handler, WhatItDoesNotAskForIsDropped) {
  EXPECT_EQ(taken<int>(R"([1,"more",{}])"), "1");
}

TEST(Handler, MissingArgumentsAreNull) {
  EXPECT_EQ(taken<json>("[]"), "null");
  EXPECT_EQ(taken<std::string>("[]"), "bad");
  EXPECT_EQ(taken<int>("[]"), "bad");
  EXPECT_EQ(taken<bool>("[]"), "bad");
  EXPECT_EQ(taken<binary>("[]"), "bad");
  EXPECT_EQ(taken<std::vector<int>>("[]"), "bad");
}

TEST(Handler, AnOptionalMayBeMissingOrNullButNotWrong) {
  auto got = std::optional<int>{7};
  auto call = make_handler([&](std::optional<int> x) { got = x; });
  call({}, {});
  EXPECT_EQ(got, std::nullopt);
  call(args("[3]"), {});
  EXPECT_EQ(got, 3);
  call(args("[null]"), {});
  EXPECT_EQ(got, std::nullopt);
  EXPECT_THROW(call(args(R"(["3"])"), {}), bad_arguments);
}

TEST(Handler, ABytesArgumentIsBytes) {
  auto got = binary{};
  auto call = make_handler([&](binary x) { got = x; });
  call({json::binary({1, 2})}, {});
  EXPECT_EQ(got, (binary{{1, 2}}));
  EXPECT_THROW(call(args(R"(["text"])"), {}), bad_arguments);
  EXPECT_THROW(call(args("[[1,2]]"), {}), bad_arguments);
}

TEST(Handler, MayTakeAllAsTheyCame) {
  auto got = event_args{};
  make_handler([&](const event_args& all) { got = all; })(args(R"([1,"2",[3]])"), {});
  EXPECT_EQ(got, args(R"([1,"2",[3]])"));
}

TEST(Handler, AnAckComesBehindTheArguments) {
  auto said = event_args{};
  auto reply = [&] { return ack{[&](event_args what) { said = std::move(what); }}; };
  make_handler([](const std::string& name, const ack& say) { say("hello, " + name, 1, json::object()); })(args(R"(["ada"])"), reply());
  EXPECT_EQ(said, args(R"(["hello, ada",1,{}])"));
  make_handler([](const event_args& all, ack say) { say.values(all); })(args("[1,2]"), reply());
  EXPECT_EQ(said, args("[1,2]"));
  make_handler([](ack say) { say(); })({}, reply());
  EXPECT_EQ(said, event_args{});
}

TEST(Handler, AnAckAnswersOnceUnlessItsAnswerWasRefused) {
  auto said = std::vector<event_args>{};
  auto reply = ack{[&](event_args what) {
    if (what.empty())
      throw std::invalid_argument("nothing");
    said.push_back(std::move(what));
  }};
  auto copy = reply;
  EXPECT_THROW(reply(), std::invalid_argument);
  copy(1);
  reply(2);
  EXPECT_EQ(said, std::vector<event_args>(1, args("[1]")));
}

TEST(Handler, AnAckThatNobodyWaitsForGoesNowhere) {
  auto waited = true;
  make_handler([&](const ack& reply) {
    waited = static_cast<bool>(reply);
    reply("nobody");
  })({}, {});
  EXPECT_FALSE(waited);
}

TEST(Handler, AnArgumentOfAnotherTypeIsNotTaken) {
  EXPECT_EQ(taken<std::string>("[1]"), "bad");
  EXPECT_EQ(taken<std::string>("[null]"), "bad");
  EXPECT_EQ(taken<int>(R"(["1"])"), "bad");
  EXPECT_EQ(taken<int>("[true]"), "bad") << "which JSON libraries take for 1";
  EXPECT_EQ(taken<double>("[false]"), "bad");
  EXPECT_EQ(taken<bool>("[1]"), "bad");
  EXPECT_EQ(taken<std::vector<int>>(R"([{"0":1}])"), "bad");
  EXPECT_EQ(taken<std::vector<std::string>>(R"([["a",1]])"), "bad");
  EXPECT_EQ((taken<std::map<std::string, int>>("[[1,2]]")), "bad");
}

TEST(Handler, ANumberThatDoesNotFitIsNotTaken) {
  EXPECT_EQ(taken<int>("[2147483647]"), "2147483647");
  EXPECT_EQ(taken<int>("[2147483648]"), "bad");
  EXPECT_EQ(taken<int>("[-2147483649]"), "bad");
  EXPECT_EQ(taken<uint32_t>("[-1]"), "bad");
  EXPECT_EQ(taken<uint64_t>("[18446744073709551615]"), "18446744073709551615");
  EXPECT_EQ(taken<int64_t>("[18446744073709551615]"), "bad");
  EXPECT_EQ(taken<uint8_t>("[256]"), "bad");
  EXPECT_EQ(taken<int>("[1.5]"), "bad");
  EXPECT_EQ(taken<int>("[1e300]"), "bad");
  EXPECT_EQ(taken<int>("[-3.0]"), "-3") << "as some clients write whole numbers";
  EXPECT_EQ(taken<double>("[3]"), "3.0");
}

struct point {
  int x = 0, y = 0;
};
void from_json(const json& from, point& to) {
  to = {from.at("x").get<int>(), from.at("y").get<int>()};
}

TEST(Handler, TakesWhatTheApplicationCanRead) {
  auto got = point{};
  auto call = make_handler([&](point p) { got = p; });
  call(args(R"([{"x":1,"y":2}])"), {});
  EXPECT_EQ(got.x + got.y, 3);
  EXPECT_THROW(call(args(R"([{"x":1}])"), {}), bad_arguments);
}

TEST(Handler, WhatItThrowsItselfIsNotTakenForBadArguments) {
  EXPECT_THROW(make_handler([](int) { throw std::logic_error("own"); })(args("[1]"), {}), std::logic_error);
  EXPECT_THROW(make_handler([](const json& x) { x.at("missing"); })(args("[{}]"), {}), json::exception);
}

} // namespace
} // namespace stentor
