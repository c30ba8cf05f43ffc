#pragma once

#include "engine/chat_socket.hpp"
#include "io/server.hpp"

namespace stentor {

/// The namespace `/` of one network thread: lets in who has a token, and guests if `auth.required` is false.
class chat_namespace final : public io::namespace_handler {
public:
  chat_namespace(network& below, const chat_actors& actors, authenticator& auth);

  /// Those of whom the event says so leave its room, in every dialect; their other rooms stay.
  void send_away(const event& what) { around_.local.send_away(what); }

  void on_connect(const std::shared_ptr<io::socket>& guest, const json& auth) override;

private:
  void attach_socket(const std::weak_ptr<io::socket>& guest, const identity_ptr& who);
  void admit(const std::weak_ptr<io::socket>& guest, const identity_ptr& who, const attached& place);

  chat_surroundings around_;
  identity_ptr nobody_; ///< what all guests are
};

} // namespace stentor
