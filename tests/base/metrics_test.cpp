#include "base/metrics.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace stentor::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, SumWhatTheThreadsHaveCounted) {
  auto before = total(metric::connections_closed);
  auto closed = series{metric::connections_closed, {"test"}};
  closed.add();
  std::thread{[&] { closed.add(2); }}.join();
  std::thread{[&] { series{metric::connections_closed, {"test"}}.add(3); }}.join();
  EXPECT_EQ(total(metric::connections_closed) - before, 6);
  EXPECT_THAT(text(), HasSubstr("stentor_connections_closed_total{reason=\"test\"} 6\n"));
}

TEST(Metrics, AGaugeMayGoUpOnOneThreadAndDownOnAnother) {
  auto sockets = series{metric::sockets};
  sockets.add(2);
  std::thread{[&] { sockets.add(-1); }}.join();
  EXPECT_EQ(total(metric::sockets), 1);
  sockets.add(-1);
  EXPECT_THAT(text(), HasSubstr("# TYPE stentor_sockets gauge\nstentor_sockets 0\n"));
}

TEST(Metrics, AShareGoesWithItsOwner) {
  {
    auto mine = share{metric::room_pending};
    auto other = share{metric::room_pending};
    mine.set(5);
    mine.set(3);
    other.set(4);
    EXPECT_EQ(total(metric::room_pending), 7);
  }
  EXPECT_EQ(total(metric::room_pending), 0);
}

TEST(Metrics, AHistogramCountsUpToAndIncludingItsBounds) {
  auto operations = series{metric::commit_operations};
  for (auto n : {1, 2, 3, 1000, 5000})
    operations.observe(static_cast<uint64_t>(n));
  auto out = text();
  EXPECT_THAT(out, HasSubstr("stentor_commit_operations_bucket{le=\"1\"} 1\n"));
  EXPECT_THAT(out, HasSubstr("stentor_commit_operations_bucket{le=\"2\"} 2\n"));
  EXPECT_THAT(out, HasSubstr("stentor_commit_operations_bucket{le=\"5\"} 3\n"));
  EXPECT_THAT(out, HasSubstr("stentor_commit_operations_bucket{le=\"1000\"} 4\n"));
  EXPECT_THAT(out, HasSubstr("stentor_commit_operations_bucket{le=\"+Inf\"} 5\n"));
  EXPECT_THAT(out, HasSubstr("stentor_commit_operations_count 5\n"));
  EXPECT_THAT(out, HasSubstr("stentor_commit_operations_sum 6006\n"));
}

TEST(Metrics, SecondsAreObservedInMicroseconds) {
  series{metric::commit_seconds}.observe(1500);
  EXPECT_THAT(text(), HasSubstr("stentor_commit_seconds_bucket{le=\"0.002\"} 1\n"));
  EXPECT_THAT(text(), HasSubstr("stentor_commit_seconds_sum 0.0015\n"));
}

TEST(Metrics, ErrorsAreCountedByCode) {
  count_error(errc::busy);
  count_error(errc::busy);
  auto out = text();
  EXPECT_THAT(out, HasSubstr("stentor_errors_total{code=\"busy\"} 2\n"));
  EXPECT_THAT(out, HasSubstr("stentor_errors_total{code=\"internal\"} 0\n"));
}

TEST(Metrics, TheProcessIsThereEvenIfNothingWasCounted) {
  auto out = text();
  EXPECT_THAT(out, HasSubstr("stentor_build_info{version=\"" STENTOR_VERSION "\"} 1\n"));
  for (auto name : {"process_resident_memory_bytes", "process_open_fds", "process_max_fds", "process_start_time_seconds"})
    EXPECT_THAT(out, Not(HasSubstr(std::string{"\n"} + name + " 0\n"))) << name;
}

} // namespace
} // namespace stentor::metrics
