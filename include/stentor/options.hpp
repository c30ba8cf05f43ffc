#pragma once

#include "stentor/handshake.hpp"
#include "stentor/verdict.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace stentor {

/// What a server may be told. The defaults are those of the reference.
struct server_options {
  std::string host = "0.0.0.0";
  uint16_t port = 3000; ///< 0: one that is free, see `server::port()`
  std::string path = "/socket.io/";

  size_t network_threads = 1; ///< 1 to 64; each has its own connections
  size_t workers = 0;         ///< threads on which handlers run; 0: one per core, at least four
  size_t connections_max = 10'000;

  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  std::chrono::milliseconds upgrade_timeout{10'000};
  std::chrono::milliseconds connect_timeout{45'000}; ///< in which a client must have entered a namespace
  size_t max_payload_bytes = 1'000'000;              ///< of one packet with its attachments
  size_t outbox_bytes_max = 1'048'576;               ///< what may wait for a slow client before it is disconnected
  size_t events_pending_max = 64;                    ///< of one socket, not handled yet; then its connection is not read

  bool serve_client = true;
  bool allow_eio3 = false;                    ///< clients of version 2, too
  std::string cookie = {};                    ///< the name of a cookie with the session's id; empty: none
  std::vector<std::string> cors_origins = {}; ///< pages that may read the answers; "*": all; none: CORS is off
  /// Pages that may connect, besides those of `cors_origins` and of the server's own host; others are refused with 403. None: all may.
  std::vector<std::string> allowed_origins = {};

  /// Looks at each handshake, before there is a connection and on whatever transport it comes; on a worker, where it may take its time.
  /// `handshake.auth` is null: that comes later, with the CONNECT. Whoever is not decided on within `connect_timeout` is refused, and
  /// counts as an HTTP session until then. What throws refuses.
  std::function<void(const handshake&, const verdict&)> allow_request = {};

  /// Connection state recovery: for how long a client may come back, with its id, its rooms, its data and what it has missed. 0: off.
  std::chrono::milliseconds max_disconnection{0};
  size_t recovery_bytes_max = 67'108'864; ///< of events that are kept for that, on each network thread
  bool recovery_skips_middleware = true;

  /// SIGINT and SIGTERM make `run` return. Until then they are blocked in the thread that makes the server, and in threads that it starts.
  bool takes_signals = true;

  /// Any other setting, by its name in a configuration file ("network.backlog"); wins over the ones above.
  std::vector<std::pair<std::string, std::string>> more = {};

  /// "trace", "debug", "info", "warn", "error" or "off": what is logged on stderr, by a logger of Stentor's own. It is one for the process:
  /// the last server that listens counts.
  std::string log_level = "warn";
};

} // namespace stentor
