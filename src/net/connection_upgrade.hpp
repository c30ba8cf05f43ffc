#pragma once

#include "net/connection.hpp"

namespace stentor {

/// A WebSocket on trial beside the polls.
struct connection::upgrade final : timer_wheel::client {
  upgrade(connection& session, std::shared_ptr<websocket_link> candidate, engineio::binary_form takes)
    : session(session), link(std::move(candidate)), takes(takes) {}
  ~upgrade() override {
    if (link)
      link->end();
  }
  void on_deadline(steady_time) override { session.upgrade_.reset(); }

  connection& session;
  std::shared_ptr<websocket_link> link;
  engineio::binary_form takes;
  bool probed = false;
};

} // namespace stentor
