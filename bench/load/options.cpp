#include "options.hpp"

#include "stamp.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <limits>

namespace stentor::load {

namespace {

constexpr auto any_number = std::numeric_limits<size_t>::max();

void add_server_options(CLI::App& app, server_options& server, bool& auth) {
  app.add_option("--host", server.host, "IPv4 address or name of the server")->capture_default_str();
  app.add_option("--port", server.port, "Port of the server")->capture_default_str();
  app.add_option("--path", server.path, "Engine.IO path, with both slashes")->capture_default_str();
  app.add_option("--server-pid", server.pid, "Process whose CPU time and memory are measured");
  app.add_option("--connecting", server.connecting_max, "Connections (and joins) under way at once during set-up")
    ->check(CLI::Range(size_t{1}, any_number))
    ->capture_default_str();
  app.add_flag("--auth", auth, "CONNECT with a token signed with JWT_SECRET (environment)");
  app.add_flag("--api", server.rest, "Create and join the channels over REST first (implies --auth)");
}

void add_traffic_options(CLI::App& command, options& all) {
  auto positive = CLI::Range(size_t{1}, any_number);
  command.add_option("--in-flight", all.in_flight, "Unacknowledged messages per sender")->check(positive)->capture_default_str();
  command.add_option("--payload", all.payload_bytes, "Bytes of content per message")
    ->check(CLI::Range(stamp::size, size_t{60'000}))
    ->capture_default_str();
  command.add_option("--latency-members", all.latency_members, "Members whose deliveries are timed")
    ->check(positive)
    ->capture_default_str();
  command.add_option("--warmup", all.warmup_s, "Seconds before the measurement")->capture_default_str();
}

void add_fanout(CLI::App& app, options& all, size_t& members) {
  auto* command = app.add_subcommand("fanout", "One sender, one channel, many members");
  command->add_option("--members", members, "Members of the channel, the sender included")
    ->check(CLI::Range(size_t{2}, any_number))
    ->capture_default_str();
  command->add_option("--seconds", all.seconds, "Seconds of measurement")->capture_default_str();
  add_traffic_options(*command, all);
  command->final_callback([&] {
    all.what = mode::fanout;
    all.members_per_channel = members;
  });
}

void add_pairs(CLI::App& app, options& all, size_t& channels) {
  auto* command = app.add_subcommand("pairs", "Many channels of two; one of each sends");
  command->add_option("--channels", channels, "Channels of two members")->check(CLI::Range(size_t{1}, any_number))->capture_default_str();
  command->add_option("--seconds", all.seconds, "Seconds of measurement")->capture_default_str();
  add_traffic_options(*command, all);
  command->final_callback([&] {
    all.what = mode::pairs;
    all.channels = channels;
    all.members_per_channel = 2;
  });
}

void add_idle(CLI::App& app, options& all, size_t& connections) {
  auto* command = app.add_subcommand("idle", "Many connections that only answer pings");
  command->add_option("--connections", connections, "Connections")->check(CLI::Range(size_t{1}, any_number))->capture_default_str();
  command->add_option("--seconds", all.seconds, "Seconds to hold them before the memory is read")->capture_default_str();
  command->final_callback([&] {
    all.what = mode::idle;
    all.members_per_channel = connections;
  });
}

} // namespace

options parse_options(int argc, char** argv) {
  options all;
  bool auth = false;
  size_t members = 1000;
  size_t channels = 1000;
  size_t connections = 10'000;
  CLI::App app{"Load for a Socket.IO v4 chat server over WebSocket, from one thread"};
  app.require_subcommand(1);
  app.fallthrough();
  add_server_options(app, all.server, auth);
  app.add_flag("--json", all.as_json, "Print one JSON object instead of a line");
  add_fanout(app, all, members);
  add_pairs(app, all, channels);
  add_idle(app, all, connections);
  try {
    app.parse(argc, argv);
    const char* secret = std::getenv("JWT_SECRET");
    if ((auth || all.server.rest) && secret == nullptr)
      throw CLI::ValidationError("--auth", "needs JWT_SECRET in the environment");
    if (auth || all.server.rest)
      all.server.secret = secret;
  } catch (const CLI::ParseError& wrong) {
    std::exit(app.exit(wrong));
  }
  return all;
}

} // namespace stentor::load
