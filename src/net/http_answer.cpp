#include "net/http_answer.hpp"

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

namespace stentor {
namespace {

std::string_view reason(unsigned status) {
  auto text = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  return {text.data(), text.size()};
}

} // namespace

std::string bytes_of(const http_response& answer, afterwards what) {
  auto bytes = fmt::format("HTTP/1.1 {} {}\r\nConnection: {}\r\n", answer.status, reason(answer.status),
                           what == afterwards::close ? "close" : "keep-alive");
  if (answer.status != 204 && answer.status != 304) // those never have a body
    bytes += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", answer.content_type, answer.body.size());
  for (const auto& [name, value] : answer.headers)
    bytes += fmt::format("{}: {}\r\n", name, value);
  return bytes + "\r\n" + answer.body;
}

} // namespace stentor
