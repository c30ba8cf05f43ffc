#include "stentor/server.hpp"

#include "library/server_core.hpp"
#include "library/space.hpp"

#include <stdexcept>

namespace stentor {

server::server(const server_options& options) : core_(std::make_shared<server_core>(options)) {
}

server::~server() {
  close();
}

nsp server::of(std::string name) {
  if (!name.starts_with('/'))
    name.insert(0, 1, '/');
  return {core_->of(name), name};
}

nsp server::of(const std::regex& pattern) {
  return {core_->of(pattern), ""};
}

nsp server::of(const std::function<bool(const std::string&, const json&)>& matches) {
  return {core_->of(matches), ""};
}

void server::listen() {
  core_->listen();
}

uint16_t server::port() const {
  if (core_->port == 0)
    throw std::logic_error("the server does not listen yet");
  return core_->port;
}

void server::run() {
  core_->run();
}

void server::close() {
  core_->close();
  core_->unblock_signals();
}

void server::stop() {
  core_->stop();
}

} // namespace stentor
