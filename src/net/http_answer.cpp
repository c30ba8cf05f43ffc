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

http_response empty_answer(unsigned status) {
  return {.status = status, .body = {}, .content_type = {}, .headers = {}};
}

std::string bytes_of(const http_response& answer, afterwards what) {
  auto bytes = fmt::format("HTTP/1.1 {} {}\r\nConnection: {}\r\n", answer.status, reason(answer.status),
                           what == afterwards::close ? "close" : "keep-alive");
  if (answer.status != 204 && answer.status != 304) { // those never have a body
    if (!answer.content_type.empty())
      bytes += fmt::format("Content-Type: {}\r\n", answer.content_type);
    bytes += fmt::format("Content-Length: {}\r\n", answer.body.size());
  }
  for (const auto& [name, value] : answer.headers)
    bytes += fmt::format("{}: {}\r\n", name, value);
  return bytes + "\r\n" + answer.body;
}

} // namespace stentor
