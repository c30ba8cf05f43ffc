#include "http.hpp"

#include "error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>

namespace stentor::load {

namespace {

constexpr std::string_view blank_line = "\r\n\r\n";

size_t number_at(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  size_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{})
    throw load_error("not HTTP: " + std::string{text.substr(0, 100)});
  return value;
}

size_t content_length(std::string head) {
  constexpr std::string_view name = "\r\ncontent-length:";
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  auto at = head.find(name);
  if (at == std::string::npos)
    throw load_error("an answer without Content-Length");
  return number_at(std::string_view{head}.substr(at + name.size()));
}

} // namespace

http_connection::http_connection(descriptor socket, std::string host) : socket_(std::move(socket)), host_(std::move(host)) {
  auto flags = fcntl(socket_.get(), F_GETFL);
  fcntl(socket_.get(), F_SETFL, flags & ~O_NONBLOCK);
}

void http_connection::post(std::string_view path, std::string_view bearer, std::string_view body) {
  auto request = fmt::format("POST {} HTTP/1.1\r\n"
                             "Host: {}\r\n"
                             "Authorization: Bearer {}\r\n"
                             "Content-Type: application/json\r\n"
                             "Content-Length: {}\r\n\r\n{}",
                             path, host_, bearer, body.size(), body);
  for (std::string_view rest = request; !rest.empty();) {
    auto sent = send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0)
      throw load_error(std::string{"cannot send a request: "} + std::strerror(errno));
    rest.remove_prefix(static_cast<size_t>(sent));
  }
}

http_connection::answer http_connection::read_answer() {
  size_t end;
  while ((end = unread_.find(blank_line)) == std::string::npos)
    read_more();
  auto head = unread_.substr(0, end);
  auto status = number_at(std::string_view{head}.substr(std::min(head.find(' '), head.size())));
  auto body_at = end + blank_line.size();
  auto length = content_length(head);
  while (unread_.size() < body_at + length)
    read_more();
  answer whole{static_cast<int>(status), unread_.substr(body_at, length)};
  unread_.erase(0, body_at + length);
  return whole;
}

void http_connection::read_more() {
  char bytes[4096];
  auto count = recv(socket_.get(), bytes, sizeof bytes, 0);
  if (count <= 0)
    throw load_error("the server closed an HTTP connection without an answer");
  unread_.append(bytes, static_cast<size_t>(count));
}

} // namespace stentor::load
