#pragma once

#include "actors/protocol.hpp"
#include "base/json.hpp"
#include "dialect/dialect.hpp"
#include "dialect/notices.hpp"
#include "engine/authenticator.hpp"
#include "engine/chat_actors.hpp"
#include "engine/lease.hpp"
#include "engine/local_users.hpp"
#include "io/socket.hpp"
#include "net/network.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace stentor {

/// What every chat socket of a network thread stands in.
struct chat_surroundings {
  network& below;
  chat_actors actors;
  authenticator& auth;
  rate_limits limits;
  local_users local;
};

/// One user's socket: turns what it says into commands, asks rooms, answers in its own words.
class chat_socket final : public io::socket_handler, lease::holder {
public:
  chat_socket(io::socket& socket, chat_surroundings& around, identity_ptr who, const attached& place);

  /// Tells the client who it is, and sees to it that it goes when its token has expired.
  void greet();

  /// The room has sent its user away: hear it no more, in whatever words.
  void go_from(room_id room);

  void on_event(const json& name, std::span<const json> args, io::ack_id ack) override;
  void on_lost(std::string_view reason) override;
  void on_recovered(io::socket& now) override { socket_ = &now; }
  void on_disconnect(std::string_view reason) override;

  /// Whether it is that one's. A guest is nobody, like all guests.
  bool belongs_to(const identity& who) const;
  /// It has come back, with a token that is good.
  void go_on(const identity_ptr& who, const attached& place);

private:
  /// What the client said, kept until it is answered.
  struct question {
    const dialect::table* dialect = nullptr;
    const dialect::inbound* word = nullptr;
    std::string event;
    json payload;
    io::ack_id ack;
    size_t durable_bytes = 0; ///< of what waits for the disk; 0: nothing does
  };
  using question_ptr = std::shared_ptr<const question>;
  struct subscription {
    found_room where;
    uint64_t number = 0;   ///< another one each time it begins: the answer to a join before a leave changes nothing
    uint32_t joining = 0;  ///< joins that the room has not answered yet
    bool is_heard = false; ///< one was answered
  };
  using place = std::pair<room_id, variant_id>;
  using on_room = std::function<void(const found_room&)>;

  void handle(const dialect::join_room& what, const question_ptr& asked);
  void handle(const dialect::leave_room& what, const question_ptr& asked);
  void handle(const dialect::submit_operation& what, const question_ptr& asked);
  void handle(const dialect::send_hint& what, const question_ptr& asked);
  void handle(const dialect::refresh_token& what, const question_ptr& asked);
  void handle(const dialect::ask_status& what, const question_ptr& asked);
  void handle(const dialect::ask_online& what, const question_ptr& asked);
  void handle(const dialect::ping& what, const question_ptr& asked);
  void go_on_as(const identity_ptr& who, const question_ptr& asked);
  void on_expired() override;
  void on_grace_over() override;

  /// Nothing if the command may be carried out now.
  std::optional<failure> refusal(const dialect::command& what) const;
  std::optional<failure> count(rate_action what) const;
  user_id asker() const { return who_->who ? who_->who->id : user_id{}; }

  void subscribe(const found_room& where, std::optional<seqno> after, const question_ptr& asked);
  void on_joined(const joined& news, const place& at, uint64_t number, const question_ptr& asked);
  void on_not_joined(const failure& why, const place& at, uint64_t number, const question_ptr& asked);
  subscription* current(const place& at, uint64_t number);
  /// True if there was such a subscription.
  bool forget(const place& at);

  /// False: it types in too many rooms.
  bool begin_typing(const found_room& where);

  /// Asks the directory, unless a subscription knows the room already. A room that the word is not for is not there.
  void with_room(const room_ref& room, const question_ptr& asked, on_room then);
  const subscription* find(const room_ref& room) const;

  template <class Actor, class Message, class OnAnswer, class OnError>
  void request(const Actor& whom, Message what, OnAnswer on_answer, OnError on_error);
  /// As below; a room that has ended is looked up once more, and the other one asked.
  template <class Message, class OnAnswer, class OnFailure>
  void ask_room(const found_room& where, const Message& what, OnAnswer on_answer, OnFailure on_failure);
  void move_to(const found_room& living);
  /// A request in the user's name; its answer is heard only while this socket lives.
  template <class Actor, class Message, class OnAnswer, class OnFailure>
  void ask(const Actor& whom, Message what, OnAnswer on_answer, OnFailure on_failure);
  /// The same; a failure is the client's answer.
  template <class Actor, class Message, class OnAnswer>
  void ask(const Actor& whom, Message what, const question_ptr& asked, OnAnswer on_answer);

  void tell(const dialect::notice& what);
  void answer(const question& asked, const dialect::outcome& what);
  void fail(const question& asked, const failure& why);
  void begin_durable(const question& asked);
  void end_durable(const question& asked);
  bool may_read() const;
  void lose_connection();

  io::socket* socket_;
  chat_surroundings& around_;
  identity_ptr who_;
  device_id device_;
  rate_cells_ptr cells_;
  lease lease_;
  bool is_here_ = true; ///< not lost
  dialect::dialect_set spoken_;
  std::map<place, subscription> subscriptions_;
  std::map<room_id, room_actor> types_in_; ///< or has typed, and not said that it stopped
  uint64_t begun_ = 0;                     ///< subscriptions, over all time
  size_t in_flight_ = 0;                   ///< durable questions not answered yet, …
  size_t in_flight_bytes_ = 0;             ///< … and what they hold
};

} // namespace stentor
