#pragma once

// HTTP as the floors above see it: plain values, no Beast.

#include "base/json.hpp"
#include "protocol/query.hpp" // for the floors above

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stentor {

/// Header fields as they came, names in lower case, packed into one string: connections keep theirs for long.
class http_headers {
public:
  void add(std::string_view name, std::string_view value);
  /// The value of the first field of that (lower case) name, or empty.
  std::string_view get(std::string_view name) const;
  size_t count(std::string_view name) const;
  std::vector<std::pair<std::string, std::string>> all() const;

private:
  std::string packed_; ///< name NUL value NUL …
};

struct http_request {
  std::string method;
  std::string path;  ///< percent-decoding is left to the routes
  std::string query; ///< behind the '?', raw
  http_headers headers;
  std::string body;
  std::string address; ///< of the peer
};

struct http_response {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  bool close = false;          ///< end the TCP connection behind it
  bool compressible = false;   ///< worth it, if it is large and the client takes it
  std::string_view route = {}; ///< the row of a table that has answered, a literal: for metrics
};

/// REST's error body: `{"data":null,"error":{"status","name","message","details"}}`.
http_response error_answer(unsigned status, std::string_view name, std::string_view message, json details = json::object());

/// Answers one request, at most once, on its network thread; a lost client is noticed by nobody.
using http_reply = std::function<void(http_response)>;

/// The value of a cookie in a Cookie header, or empty.
std::string_view cookie_value(std::string_view header, std::string_view name);

} // namespace stentor
