#pragma once

#include "library_test.hpp"

namespace stentor {

struct SocketTest : LibraryTest {
  mailbox<socket> sockets;

  /// A client whose socket is prepared by `prepare`.
  peer member_with(std::function<void(socket&)> prepare) {
    io->root().on_connection([this, prepare](socket client) {
      answer_fences(client);
      prepare(client);
      sockets.put(client);
    });
    io->listen();
    return member();
  }
  /// The same; its socket asks in every way when it goes.
  peer member_that_asks_at_its_end() {
    return member_with([this](socket& s) {
      s.on_disconnect([this, s](const std::string&) {
        s.emit_with_ack("question", std::chrono::seconds{10}, [this](const answer& got) { log.put(got.error); });
        s.everyone().fetch_sockets([this](const auto& all) { log.put("found " + std::to_string(all.size())); });
        s.everyone().emit_with_ack("question", [this](const answers& all) { log.put("answers " + std::to_string(all.args.size())); });
      });
    });
  }
  std::string noted(const event_args& args) { return json(args).dump(); }
};

} // namespace stentor
