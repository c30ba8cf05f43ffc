#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace stentor::load {

enum class mode : uint8_t { fanout, pairs, idle };

/// Where the server is and what it asks of a client.
struct server_options {
  std::string host = "127.0.0.1";
  uint16_t port = 3000;
  std::string path = "/socket.io/";
  pid_t pid = 0;      // 0: do not measure the process
  bool rest = false;  // create and join channels over REST first
  std::string secret; // signs tokens; empty: connect without one
  size_t connecting_max = 64;
};

struct options {
  mode what = mode::fanout;
  server_options server;
  size_t channels = 1;
  size_t members_per_channel = 1000;
  size_t in_flight = 1;
  size_t payload_bytes = 200;
  size_t latency_members = 16;
  double warmup_s = 1;
  double seconds = 5;
  bool as_json = false;

  size_t connections() const { return channels * members_per_channel; }
};

/// Reads the command line and JWT_SECRET; prints help or what is wrong and ends the process where there is nothing to do.
options parse_options(int argc, char** argv);

} // namespace stentor::load
