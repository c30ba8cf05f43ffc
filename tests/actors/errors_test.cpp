#include "actors/errors.hpp"

#include <caf/sec.hpp>

#include <gtest/gtest.h>

namespace stentor {
namespace {

TEST(Errors, EveryCodeAndItsDetailSurviveTheWayBetweenActors) {
  for (size_t i = 0; i < static_cast<size_t>(errc::count); ++i) {
    auto why = failure{static_cast<errc>(i), "because"};
    auto sent = to_error(why);
    EXPECT_TRUE(sent) << name(why.code) << " is no error to CAF";
    EXPECT_EQ(to_failure(sent), why);
  }
}

TEST(Errors, ADetailMayBeEmpty) {
  EXPECT_EQ(to_failure(to_error({errc::busy, ""})), (failure{errc::busy, ""}));
}

TEST(Errors, WhatIsNotOursMeansThatTheReceiverIsGone) {
  EXPECT_EQ(to_failure(caf::make_error(caf::sec::request_receiver_down)), failure{errc::unavailable});
  EXPECT_EQ(to_failure(caf::make_error(caf::exit_reason::kill)), failure{errc::unavailable});
  EXPECT_EQ(to_failure(caf::error{}), failure{errc::unavailable});
}

TEST(Errors, AnAnswerIsTheValueOrTheError) {
  auto value = answer(result<int>{7});
  EXPECT_EQ(value.flag, caf::rt_value);
  EXPECT_EQ(value.value.get_as<int>(0), 7);
  auto error = answer(result<int>{errc::bad_request});
  EXPECT_EQ(error.flag, caf::rt_error);
  EXPECT_EQ(to_failure(error.err), failure{errc::bad_request});
}

} // namespace
} // namespace stentor
