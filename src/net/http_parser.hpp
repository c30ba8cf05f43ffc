#pragma once

#include "net/http.hpp"

#include <memory>
#include <optional>
#include <variant>

namespace stentor {

struct http_limits {
  size_t header_bytes_max = 16'384;
  size_t body_bytes_max = 1 << 20;
  size_t engineio_bytes_max = 1'000'000;          ///< of a body that is Engine.IO's
  std::string_view engineio_path = "/socket.io/"; ///< below it, requests are; outlives the parser
};

/// A request as it came over one TCP connection.
struct parsed_request {
  http_request request;
  bool keep_alive = false;
  bool wants_websocket = false; ///< `Connection: upgrade` and `Upgrade: websocket`; comes without a body
};

/// What cannot be understood safely: the status to answer before closing.
struct bad_http {
  unsigned status = 400;
  std::string why;
  std::string_view name = "ValidationError"; ///< of the status, in error bodies
  http_request of = {};                      ///< the header, if only the body is at fault
};

/// Takes requests out of a byte stream, stricter than Beast alone: refuses what proxies read in two ways
/// (Transfer-Encoding other than exactly `chunked`, doubled Content-Length or Host, folded lines), and takes no
/// decision from trailers. Pure; one per TCP connection.
class http_parser {
public:
  explicit http_parser(http_limits limits);
  ~http_parser();

  using outcome = std::variant<std::monostate, parsed_request, bad_http>;
  /// Takes what belongs to the next request off the front of `input`. Nothing yet: call again with more behind it.
  outcome take(std::string& input);

  /// True between a request's header and the end of its body.
  bool is_inside() const;

private:
  struct impl;
  std::optional<bad_http> take_header(std::string& input);
  outcome take_body(std::string& input);

  http_limits limits_;
  std::unique_ptr<impl> impl_; ///< while inside a body
};

} // namespace stentor
