#pragma once

#include "actors/protocol.hpp"
#include "base/settings.hpp"
#include "engine/authenticator.hpp"
#include "engine/local_users.hpp"
#include "io/server.hpp"

namespace stentor {

/// The namespace `/` of one network thread: lets in who has a token.
class chat_namespace final : public io::namespace_handler {
public:
  chat_namespace(network& below, directory_actor directory, authenticator& auth);

  /// Those of whom the event says so leave its room, in every dialect; their other rooms stay.
  void send_away(const event& what) { local_.send_away(what); }

  void on_connect(const std::shared_ptr<io::socket>& guest, const json& auth) override;

private:
  network& below_;
  directory_actor directory_;
  authenticator& auth_;
  local_users local_;
};

} // namespace stentor
