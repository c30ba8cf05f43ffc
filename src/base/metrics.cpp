#include "base/metrics.hpp"

#include "base/clock.hpp"
#include "base/process.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace stentor::metrics {
namespace {

enum class kind : uint8_t { counter, gauge, histogram };

struct row {
  metric what;
  kind is;
  std::string_view name;
  std::string_view help;
  std::array<std::string_view, 3> labels = {};
  std::span<const uint64_t> buckets = {}; ///< upper bounds, of a histogram
  double unit = 1;                        ///< of a histogram's values and bounds, in that of its name
  double (*read)() = nullptr;             ///< of what is not counted but looked up
};

double seconds_since_1970(wall_time at) {
  return std::chrono::duration<double>(at.time_since_epoch()).count();
}

const double started_at = seconds_since_1970(wall_now());
const steady_time started = std::chrono::steady_clock::now();

double start_time() {
  return started_at;
}

constexpr double micro = 1e-6;
constexpr uint64_t members[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};
constexpr uint64_t operations[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
constexpr uint64_t microseconds[] = {100,    200,    500,     1000,    2000,    5000,      10'000,
                                     20'000, 50'000, 100'000, 200'000, 500'000, 1'000'000, 5'000'000};

// clang-format off
constexpr row rows[] = {
  {metric::connections, kind::gauge, "stentor_connections", "Engine.IO connections that are open", {"transport"}},
  {metric::connections_opened, kind::counter, "stentor_connections_opened_total", "Engine.IO connections opened", {"transport"}},
  {metric::connections_closed, kind::counter, "stentor_connections_closed_total", "Engine.IO connections closed", {"reason"}},
  {metric::connections_refused, kind::counter, "stentor_connections_refused_total", "Clients turned away", {"reason"}},
  {metric::sockets, kind::gauge, "stentor_sockets", "Sockets that have joined a namespace"},
  {metric::rooms, kind::gauge, "stentor_rooms", "Rooms that are alive in memory"},
  {metric::events_in, kind::counter, "stentor_events_in_total", "Events from clients", {"dialect", "event"}},
  {metric::events_out, kind::counter, "stentor_events_out_total",
   "Events to clients; one to a room counts once per network thread and dialect", {"dialect", "event"}},
  {metric::broadcast_recipients, kind::histogram, "stentor_broadcast_recipients",
   "Sockets that one event to a room reached on one network thread; the sum counts deliveries", {}, members},
  {metric::flush_sends, kind::histogram, "stentor_flush_sends", "Connections written to by one flush of a network thread", {}, members},
  {metric::commit_seconds, kind::histogram, "stentor_commit_seconds", "Time of one transaction of messages", {}, microseconds, micro},
  {metric::commit_operations, kind::histogram, "stentor_commit_operations", "Operations in one transaction", {}, operations},
  {metric::persistence_waiting, kind::gauge, "stentor_persistence_waiting", "Operations handed to the store and not answered"},
  {metric::writes_waiting, kind::gauge, "stentor_writes_waiting", "Writes other than operations that the store has admitted and not answered"},
  {metric::room_pending, kind::gauge, "stentor_room_pending", "Operations that rooms have admitted and not answered"},
  {metric::room_arrivals, kind::gauge, "stentor_room_arrivals", "Joins that wait for what they missed"},
  {metric::rooms_loading, kind::gauge, "stentor_rooms_loading", "Questions for rooms that are being looked up or loaded"},
  {metric::reads_waiting, kind::gauge, "stentor_reads_waiting", "Questions to the readers of the database, not answered"},
  {metric::hashes_waiting, kind::gauge, "stentor_hashes_waiting", "Passwords that wait to be hashed"},
  {metric::http_sessions, kind::gauge, "stentor_http_sessions", "TCP connections that speak HTTP"},
  {metric::outbox_backlog_bytes, kind::gauge, "stentor_outbox_backlog_bytes", "Bytes that wait for clients who read slowly"},
  {metric::dropped, kind::counter, "stentor_dropped_total", "What was given up to stay within a bound", {"what"}},
  {metric::errors, kind::counter, "stentor_errors_total", "Failures that clients were told", {"code"}},
  {metric::http_requests, kind::counter, "stentor_http_requests_total", "HTTP requests answered", {"method", "route", "status"}},
  {metric::build_info, kind::gauge, "stentor_build_info", "1, for the version that runs", {"version"}},
  {metric::uptime_seconds, kind::gauge, "stentor_uptime_seconds", "Time since the start", {}, {}, 1, uptime_seconds},
  {metric::resident_bytes, kind::gauge, "process_resident_memory_bytes", "Resident memory", {}, {}, 1, process::resident_bytes},
  {metric::open_fds, kind::gauge, "process_open_fds", "Open file descriptors", {}, {}, 1, process::open_fds},
  {metric::max_fds, kind::gauge, "process_max_fds", "Most file descriptors allowed", {}, {}, 1, process::max_fds},
  {metric::cpu_seconds, kind::counter, "process_cpu_seconds_total", "Processor time used", {}, {}, 1, process::cpu_seconds},
  {metric::start_time, kind::gauge, "process_start_time_seconds", "When it started, in seconds since 1970", {}, {}, 1, start_time},
};
// clang-format on

constexpr bool complete() {
  for (size_t i = 0; i < std::size(rows); ++i)
    if (rows[i].what != static_cast<metric>(i))
      return false;
  return std::size(rows) == static_cast<size_t>(metric::count);
}
static_assert(complete(), "one row per metric, in order");

const row& at(metric what) {
  return rows[static_cast<size_t>(what)];
}

/// A histogram has a cell per bucket, one for what is above them, and one for the sum.
size_t cells_of(const row& about) {
  return about.is == kind::histogram ? about.buckets.size() + 2 : 1;
}

size_t label_count(const row& about) {
  return static_cast<size_t>(std::ranges::find(about.labels, std::string_view{}) - about.labels.begin());
}

constexpr size_t cells_max = 4096;
/// Takes what found no cell of its own.
constexpr uint32_t overflow_cell = 0;
constexpr uint32_t first_cell = 32;

/// Written by one thread at a time, read by any.
using cells = std::array<std::atomic<int64_t>, cells_max>;

/// Who has which cells. Never destroyed: threads count until the end.
class registry {
public:
  uint32_t cell_for(metric what, std::vector<std::string> label_values) {
    auto lock = std::lock_guard{mutex_};
    auto [place, is_new] = cells_by_series_.try_emplace({what, std::move(label_values)}, next_);
    if (!is_new)
      return place->second;
    auto size = cells_of(at(what));
    if (next_ + size > cells_max) {
      cells_by_series_.erase(place);
      return overflow_cell;
    }
    next_ += static_cast<uint32_t>(size);
    return place->second;
  }

  /// Cells for a thread that has none; what ended threads have counted stays in theirs.
  cells* take() {
    auto lock = std::lock_guard{mutex_};
    if (free_.empty())
      return all_.emplace_back(std::make_unique<cells>()).get();
    auto* mine = free_.back();
    free_.pop_back();
    return mine;
  }
  void give_back(cells* mine) {
    auto lock = std::lock_guard{mutex_};
    free_.push_back(mine);
  }

  /// Calls `visit(metric, label values, values of its cells)` for every series, by metric.
  template <class Visit>
  void each(Visit visit) {
    auto lock = std::lock_guard{mutex_};
    for (const auto& [name, first] : cells_by_series_) {
      auto values = std::vector<int64_t>(cells_of(at(name.first)));
      for (const auto& thread : all_)
        for (size_t i = 0; i < values.size(); ++i)
          values[i] += (*thread)[first + i].load(std::memory_order_relaxed);
      visit(name.first, name.second, values);
    }
  }

private:
  std::mutex mutex_;
  std::map<std::pair<metric, std::vector<std::string>>, uint32_t> cells_by_series_;
  uint32_t next_ = first_cell;
  std::vector<std::unique_ptr<cells>> all_;
  std::vector<cells*> free_;
};

registry& everything() {
  static auto* only = new registry; // NOLINT(cppcoreguidelines-owning-memory)
  return *only;
}

struct lease {
  cells* mine = everything().take();
  lease() = default;
  lease(const lease&) = delete;
  lease& operator=(const lease&) = delete;
  ~lease() { everything().give_back(mine); }
};

void add_to(uint32_t cell, int64_t n) {
  thread_local const lease of_thread;
  auto& value = (*of_thread.mine)[cell];
  value.store(value.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

prometheus::ClientMetric shown(const row& about, const std::vector<int64_t>& values) {
  auto out = prometheus::ClientMetric{};
  auto value = static_cast<double>(values[0]);
  switch (about.is) {
    case kind::counter: out.counter.value = value; break;
    case kind::gauge: out.gauge.value = value; break;
    case kind::histogram: {
      auto& to = out.histogram;
      for (size_t i = 0; i < about.buckets.size(); ++i) {
        to.sample_count += static_cast<uint64_t>(values[i]);
        to.bucket.push_back({to.sample_count, static_cast<double>(about.buckets[i]) * about.unit});
      }
      to.sample_count += static_cast<uint64_t>(values[about.buckets.size()]);
      to.sample_sum = static_cast<double>(values.back()) * about.unit;
    }
  }
  return out;
}

prometheus::ClientMetric looked_up(const row& about) {
  auto out = prometheus::ClientMetric{};
  (about.is == kind::counter ? out.counter.value : out.gauge.value) = about.read();
  return out;
}

constexpr prometheus::MetricType types[] = {prometheus::MetricType::Counter, prometheus::MetricType::Gauge,
                                            prometheus::MetricType::Histogram};

} // namespace

series::series(metric what, std::initializer_list<std::string_view> label_values)
  : series(what, std::span{label_values.begin(), label_values.size()}) {
}

series::series(metric what, std::span<const std::string_view> label_values)
  : what_(what), cell_(everything().cell_for(what, {label_values.begin(), label_values.end()})) {
  assert(label_values.size() == label_count(at(what)));
}

void series::add(int64_t n) const {
  add_to(cell_, n);
}

void series::observe(uint64_t value) const {
  if (cell_ == overflow_cell)
    return;
  auto buckets = at(what_).buckets;
  add_to(cell_ + static_cast<uint32_t>(std::ranges::lower_bound(buckets, value) - buckets.begin()), 1);
  add_to(cell_ + static_cast<uint32_t>(buckets.size()) + 1, static_cast<int64_t>(value));
}

const series& family::of(std::string_view first, std::string_view second, std::string_view third) {
  auto values = std::array{first, second, third};
  auto known = known_.find(values);
  if (known == known_.end())
    known = known_
              .emplace(std::array{std::string{first}, std::string{second}, std::string{third}},
                       series{what_, std::span{values}.first(label_count(at(what_)))})
              .first;
  return known->second;
}

void share::set(size_t value) {
  auto now = static_cast<int64_t>(value);
  if (now != value_)
    of_.add(now - std::exchange(value_, now));
}

void count_error(errc code) {
  static const auto by_code = [] {
    std::vector<series> all;
    for (size_t i = 0; i < static_cast<size_t>(errc::count); ++i)
      all.emplace_back(metric::errors, std::initializer_list<std::string_view>{name(static_cast<errc>(i))});
    return all;
  }();
  by_code[std::min(static_cast<size_t>(code), by_code.size() - 1)].add();
}

int64_t total(metric what) {
  int64_t sum = 0;
  everything().each([&](metric of, const auto&, const auto& values) { sum += of == what ? values[0] : 0; });
  return sum;
}

double uptime_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

std::string text() {
  static const auto build = series{metric::build_info, {STENTOR_VERSION}};
  [[maybe_unused]] static const auto once = (build.add(), true);
  std::vector<prometheus::MetricFamily> families;
  for (const auto& about : rows) {
    auto& family = families.emplace_back();
    family = {std::string{about.name}, std::string{about.help}, types[static_cast<size_t>(about.is)], {}};
    if (about.read)
      family.metric.push_back(looked_up(about));
  }
  everything().each([&](metric what, const auto& label_values, const auto& values) {
    const auto& about = at(what);
    auto& one = families[static_cast<size_t>(what)].metric.emplace_back(shown(about, values));
    for (size_t i = 0; i < label_values.size(); ++i)
      one.label.push_back({std::string{about.labels[i]}, label_values[i]});
  });
  return prometheus::TextSerializer{}.Serialize(families);
}

} // namespace stentor::metrics
