#pragma once

#include "stentor/json.hpp"

#include <chrono>
#include <map>
#include <string>

namespace stentor {

/// What a socket's client said when it came.
struct handshake {
  std::map<std::string, std::string> headers = {}; ///< of the first request, names in lower case
  std::map<std::string, std::string> query = {};
  std::string url = {};                         ///< path and query of the first request
  std::string address = {};                     ///< of the client
  bool secure = false;                          ///< always: TLS is the reverse proxy's
  bool xdomain = false;                         ///< the request had an Origin
  std::chrono::system_clock::time_point issued; ///< when the socket came
  json auth;                                    ///< the payload of its CONNECT: an object, or null
};

} // namespace stentor
