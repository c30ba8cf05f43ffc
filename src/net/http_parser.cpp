#include "net/http_parser.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>

namespace stentor {

namespace http = boost::beast::http;
using boost::beast::iequals;

struct http_parser::impl {
  http::request_parser<http::string_body> parser;
  parsed_request head; ///< copied at the end of the header: trailers come too late to change it
};

namespace {

constexpr http::verb methods[] = {http::verb::get,   http::verb::head,    http::verb::post,   http::verb::put,
                                  http::verb::patch, http::verb::delete_, http::verb::options};

/// A chunked body that has not ended has this many bytes to come: `0`, two line ends.
constexpr size_t last_chunk_bytes = 5;

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

/// What Beast lets through and we do not, seen on the raw header block.
std::optional<bad_http> bad_block(std::string_view block) {
  if (block.find("\r\n ") != block.npos || block.find("\r\n\t") != block.npos)
    return bad_http{400, "folded header lines are not accepted"};
  auto line = block.substr(0, block.find("\r\n"));
  if (std::ranges::any_of(line, [](unsigned char c) { return c >= 0x80; }))
    return bad_http{400, "the request target must be ASCII"};
  return std::nullopt;
}

/// The same, seen on the fields.
template <class Message>
std::optional<bad_http> bad_fields(const Message& message) {
  if (!std::ranges::count(methods, message.method()))
    return bad_http{501, "the method is not supported", "NotImplementedError"};
  if (auto hosts = message.count(http::field::host); hosts > 1 || (hosts == 0 && message.version() >= 11))
    return bad_http{400, "exactly one Host is required"};
  if (message.count(http::field::content_length) > 1 || message[http::field::content_length].find(',') != boost::beast::string_view::npos)
    return bad_http{400, "more than one Content-Length"};
  auto codings = message.count(http::field::transfer_encoding);
  if (codings == 0)
    return std::nullopt;
  if (message.version() < 11)
    return bad_http{400, "Transfer-Encoding needs HTTP/1.1"};
  if (codings > 1 || !iequals(message[http::field::transfer_encoding], "chunked"))
    return bad_http{501, "the only Transfer-Encoding supported is chunked", "NotImplementedError"};
  return std::nullopt;
}

/// Looks through every Connection field.
template <class Message>
bool connection_says(const Message& message, std::string_view token) {
  auto [field, end] = message.equal_range(http::field::connection);
  return std::any_of(field, end, [&](const auto& one) { return http::token_list{one.value()}.exists(token); });
}

/// RFC 9112, 9.3.
template <class Message>
bool keeps_alive(const Message& message) {
  return !connection_says(message, "close") && (message.version() >= 11 || connection_says(message, "keep-alive"));
}

/// RFC 9110, 7.8: an Upgrade in HTTP/1.0 is ignored.
template <class Message>
bool wants_websocket(const Message& message) {
  return message.version() >= 11 && iequals(message[http::field::upgrade], "websocket") && connection_says(message, "upgrade");
}

template <class Message>
parsed_request head_of(const Message& message) {
  parsed_request head;
  head.request.method = view(message.method_string());
  auto target = view(message.target());
  head.request.path = target.substr(0, target.find('?'));
  if (head.request.path.size() < target.size())
    head.request.query = target.substr(head.request.path.size() + 1);
  for (const auto& field : message) {
    auto name = std::string{view(field.name_string())};
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    head.request.headers.add(name, view(field.value()));
  }
  head.keep_alive = keeps_alive(message);
  head.wants_websocket = wants_websocket(message);
  return head;
}

bad_http from(boost::beast::error_code error) {
  if (error == http::error::header_limit)
    return {431, "the header is too large", "HeaderTooLargeError"};
  return {400, "the request is malformed"};
}

bad_http too_large(parsed_request head) {
  return {413, "the body is too large", "PayloadTooLargeError", std::move(head.request)};
}

} // namespace

http_parser::http_parser(http_limits limits) : limits_(limits) {
}

http_parser::~http_parser() = default;

bool http_parser::is_inside() const {
  return impl_ != nullptr;
}

http_parser::outcome http_parser::take(std::string& input) {
  if (!impl_) {
    auto end = input.find("\r\n\r\n");
    if (end == input.npos ? input.size() > limits_.header_bytes_max + 3 : end > limits_.header_bytes_max)
      return bad_http{431, "the header is too large", "HeaderTooLargeError"};
    if (end == input.npos)
      return {};
    if (auto bad = take_header(input))
      return *bad;
  }
  return take_body(input);
}

std::optional<bad_http> http_parser::take_header(std::string& input) {
  auto size = input.find("\r\n\r\n") + 4;
  if (auto bad = bad_block(std::string_view{input}.substr(0, size - 4)))
    return bad;
  impl_ = std::make_unique<impl>();
  impl_->parser.header_limit(static_cast<uint32_t>(limits_.header_bytes_max + 4));
  auto target = input.find(' ') + 1;
  auto is_engineio = input.compare(target, limits_.engineio_path.size(), limits_.engineio_path) == 0;
  impl_->parser.body_limit(is_engineio ? limits_.engineio_bytes_max : limits_.body_bytes_max);
  auto error = boost::beast::error_code{};
  impl_->parser.put(boost::asio::buffer(input.data(), size), error);
  if (error == http::error::body_limit)
    return too_large(head_of(impl_->parser.get()));
  if (error && error != http::error::need_more)
    return from(error);
  if (!impl_->parser.is_header_done())
    return bad_http{400, "the request is malformed"};
  if (auto bad = bad_fields(impl_->parser.get()))
    return bad;
  impl_->head = head_of(impl_->parser.get());
  impl_->parser.eager(true);
  input.erase(0, size);
  return std::nullopt;
}

/// Beast sees no more at a time than a header may be long: what stands around a chunk must fit there. And of a chunked body it never
/// sees less than five bytes, because it asserts them for the last chunk.
http_parser::outcome http_parser::take_body(std::string& input) {
  auto& parser = impl_->parser;
  while (!parser.is_done() && !input.empty()) {
    if (parser.chunked() && input.size() < last_chunk_bytes)
      return {};
    auto window = std::min(input.size(), std::max(limits_.header_bytes_max, last_chunk_bytes));
    auto error = boost::beast::error_code{};
    auto used = parser.put(boost::asio::buffer(input.data(), window), error);
    if (error == http::error::body_limit)
      return too_large(std::move(impl_->head));
    if (error && error != http::error::need_more)
      return from(error);
    if (used == 0 && window < input.size())
      return bad_http{400, "a chunk header or trailer is too large"};
    if (used == 0)
      return {};
    input.erase(0, used);
  }
  if (!parser.is_done())
    return {};
  auto whole = std::move(impl_->head);
  whole.request.body = std::move(parser.get().body());
  impl_.reset();
  if (whole.wants_websocket && !whole.request.body.empty())
    return bad_http{400, "an upgrade has no body"};
  return whole;
}

} // namespace stentor
