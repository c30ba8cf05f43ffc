#include "benchmark.hpp"

#include <fmt/format.h>

namespace stentor::load {

namespace {

constexpr double disturbed_cores = 0.2;

/// A figure, or "?" where nothing could be measured.
std::string figure(const json& value) {
  return value.is_null() ? "?" : value.dump();
}

std::string times(const json& of) {
  return fmt::format("{} / {} / {} ms", figure(of["p50_ms"]), figure(of["p99_ms"]), figure(of["max_ms"]));
}

std::string connections(const json& result) {
  return fmt::format("{} connects/s, server CPU {} µs per connect, {} KB per connection", figure(result["connects_per_s"]),
                     figure(result["server_cpu_us_per_connect"]), figure(result["resident_kb_per_connection"]));
}

std::string pace(const json& result, std::string_view unit) {
  const auto& server_us = result[fmt::format("server_cpu_us_per_{}", unit)];
  const auto& per_s = result[unit == "delivery" ? "deliveries_per_s" : "messages_per_s"];
  return fmt::format("{} in flight: {}/s, server CPU {} µs per {}", figure(result["in_flight"]), figure(per_s), figure(server_us), unit);
}

std::string doubts(const json& result) {
  std::string text;
  if (result["client_limits"])
    text += "\nthe client used a whole core and the server did not: the server may be faster than this";
  if (result["other_cores"].is_number() && result["other_cores"] > disturbed_cores)
    text += fmt::format("\nother work took {} cores meanwhile: measure again on a quiet machine", figure(result["other_cores"]));
  return text;
}

} // namespace

std::string readable(const json& result) {
  auto mode = result["mode"].get<std::string>();
  if (mode == "idle")
    return fmt::format("idle, {} connections: {}", figure(result["connections"]), connections(result));
  return fmt::format("{}, {}; p50 / p99 / max: delivery {}, ack {}; {}; cores: server {}, client {}{}", mode,
                     pace(result, mode == "pairs" ? "message" : "delivery"), times(result["delivery"]), times(result["ack"]),
                     connections(result), figure(result["server_cores"]), figure(result["client_cores"]), doubts(result));
}

} // namespace stentor::load
