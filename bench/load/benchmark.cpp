#include "benchmark.hpp"

#include "clock.hpp"
#include "error.hpp"
#include "process.hpp"
#include "rest.hpp"
#include "setup.hpp"
#include "traffic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stentor::load {

namespace {

using namespace std::chrono_literals;

// Time for allocators, garbage collectors and the last packets of a phase before memory is read.
constexpr auto settle = 500ms;
// Without a delivery or an ack for this long, what is missing is lost.
constexpr auto drain_patience = 10s;
// Anything that comes after the last expected message within this span is one too many.
constexpr auto surplus_span = 200ms;
// A thread above this is at its end.
constexpr double saturated_cores = 0.95;

clock::duration span_of(double seconds) {
  return std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
}

double rounded(double value, int digits) {
  auto scale = std::pow(10.0, digits);
  return std::round(value * scale) / scale;
}

json ratio(double of, double by, int digits) {
  return by > 0 ? json(rounded(of / by, digits)) : json(nullptr);
}

json summary(latency& of) {
  return {{"p50_ms", rounded(of.percentile_ms(0.5), 3)},
          {"p99_ms", rounded(of.percentile_ms(0.99), 3)},
          {"max_ms", rounded(of.percentile_ms(1), 3)},
          {"samples", of.count()}};
}

/// Counters at one moment; the difference of two describes the time between.
struct reading {
  double at_s = 0;
  uint64_t deliveries = 0;
  uint64_t acked = 0;
  double server_cpu_s = 0;
  double client_cpu_s = 0;
  double machine_cpu_s = 0;
};

reading read_counters(pid_t server, const traffic& what) {
  auto server_cpu_s = server != 0 ? process_cpu_s(server) : 0;
  return {seconds_of(clock::now().time_since_epoch()), what.deliveries(), what.acked(), server_cpu_s, own_cpu_s(), machine_cpu_s()};
}

reading operator-(const reading& to, const reading& from) {
  return {to.at_s - from.at_s,
          to.deliveries - from.deliveries,
          to.acked - from.acked,
          to.server_cpu_s - from.server_cpu_s,
          to.client_cpu_s - from.client_cpu_s,
          to.machine_cpu_s - from.machine_cpu_s};
}

reading measure(fleet& all, traffic& what, const options& plan) {
  auto never = [] { return false; };
  what.start();
  all.run(what, clock::now() + span_of(plan.warmup_s), never);
  what.keep_times(true);
  auto before = read_counters(plan.server.pid, what);
  all.run(what, clock::now() + span_of(plan.seconds), never);
  auto after = read_counters(plan.server.pid, what);
  what.keep_times(false);
  return after - before;
}

void drain(fleet& all, traffic& what) {
  what.stop();
  auto progress = [&] { return what.deliveries() + what.acked(); };
  for (auto seen = progress(); !all.run(what, clock::now() + drain_patience, [&] { return what.settled(); });) {
    if (progress() == seen)
      return;
    seen = progress();
  }
  all.run(what, clock::now() + surplus_span, [] { return false; });
}

json cores(const reading& window, pid_t server) {
  auto server_cores = window.server_cpu_s / window.at_s;
  auto client_cores = window.client_cpu_s / window.at_s;
  auto other_cores = std::max(window.machine_cpu_s / window.at_s - server_cores - client_cores, 0.0);
  auto measured = server != 0;
  return {{"server_cores", measured ? json(rounded(server_cores, 3)) : json(nullptr)},
          {"client_cores", rounded(client_cores, 3)},
          {"other_cores", measured ? json(rounded(other_cores, 3)) : json(nullptr)},
          {"client_limits", client_cores > saturated_cores && server_cores < saturated_cores}};
}

json rates(const reading& window, pid_t server) {
  auto deliveries = static_cast<double>(window.deliveries);
  auto messages = static_cast<double>(window.acked);
  auto server_us = [&](double of) { return server != 0 ? ratio(window.server_cpu_s * 1e6, of, 3) : json(nullptr); };
  return {{"seconds", rounded(window.at_s, 3)},
          {"messages_acked", window.acked},
          {"deliveries", window.deliveries},
          {"messages_per_s", rounded(messages / window.at_s, 1)},
          {"deliveries_per_s", rounded(deliveries / window.at_s, 1)},
          {"server_cpu_us_per_delivery", server_us(deliveries)},
          {"server_cpu_us_per_message", server_us(messages)},
          {"client_cpu_us_per_delivery", ratio(window.client_cpu_s * 1e6, deliveries, 3)}};
}

/// What connecting everyone took of the server.
struct connected {
  clock::duration span;
  json cost;
};

connected connect_and_weigh(fleet& all, const server_options& server, clock::duration held) {
  auto measured = server.pid != 0;
  auto before_kb = measured ? resident_kb(server.pid) : 0;
  auto before_s = measured ? process_cpu_s(server.pid) : 0;
  auto span = connect_all(all, server.connecting_max);
  auto taken_s = measured ? process_cpu_s(server.pid) - before_s : 0;
  hold(all, held);
  if (!measured)
    return {span, {{"resident_kb_per_connection", nullptr}, {"server_cpu_us_per_connect", nullptr}}};
  auto after_kb = resident_kb(server.pid);
  auto growth_kb = static_cast<double>(after_kb) - static_cast<double>(before_kb);
  return {span,
          {{"resident_kb_before", before_kb},
           {"resident_kb_connected", after_kb},
           {"resident_kb_per_connection", ratio(growth_kb, static_cast<double>(all.size()), 2)},
           {"server_cpu_us_per_connect", ratio(taken_s * 1e6, static_cast<double>(all.size()), 1)}}};
}

json per_second(size_t count, clock::duration span) {
  return ratio(static_cast<double>(count), seconds_of(span), 0);
}

std::vector<std::string> unmanaged_channels(size_t count) {
  std::vector<std::string> ids;
  for (size_t i = 0; i < count; ++i)
    ids.push_back(fmt::format("bench-{}", i));
  return ids;
}

json run_traffic(const options& plan) {
  auto channel_ids = plan.server.rest ? open_channels(plan) : unmanaged_channels(plan.channels);
  fleet all{plan.server, plan.connections()};
  auto set_up = connect_and_weigh(all, plan.server, settle);
  auto channel_of = [&](size_t i) { return channel_ids[i / plan.members_per_channel]; };
  auto joining = join_all(all, plan.server.connecting_max, channel_of);
  hold(all, settle);
  traffic what{all, plan, channel_ids};
  auto window = measure(all, what, plan);
  drain(all, what);
  json out = {{"mode", plan.what == mode::fanout ? "fanout" : "pairs"},
              {"channels", plan.channels},
              {"members_per_channel", plan.members_per_channel},
              {"in_flight", plan.in_flight},
              {"payload_bytes", plan.payload_bytes},
              {"connects_per_s", per_second(all.size(), set_up.span + joining)}};
  out.update(set_up.cost);
  out.update(rates(window, plan.server.pid));
  out.update(cores(window, plan.server.pid));
  out["delivery"] = summary(what.delivery_times());
  out["ack"] = summary(what.ack_times());
  out["violations"] = what.violations();
  return out;
}

json run_idle(const options& plan) {
  fleet all{plan.server, plan.connections()};
  auto set_up = connect_and_weigh(all, plan.server, span_of(plan.seconds));
  json out = {{"mode", "idle"}, {"connections", all.size()}, {"connects_per_s", per_second(all.size(), set_up.span)}};
  out.update(set_up.cost);
  out["violations"] = json::array();
  return out;
}

} // namespace

json run_benchmark(const options& plan) {
  constexpr size_t own_descriptors = 40;
  if (auto limit = raise_descriptor_limit(); plan.connections() + own_descriptors > limit)
    throw load_error(fmt::format("{} connections need more than the {} descriptors that this process may open", plan.connections(), limit));
  return plan.what == mode::idle ? run_idle(plan) : run_traffic(plan);
}

} // namespace stentor::load
