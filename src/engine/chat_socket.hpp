#pragma once

#include "actors/protocol.hpp"
#include "dialect/dialect.hpp"
#include "io/socket.hpp"
#include "net/network.hpp"

#include <functional>
#include <map>

namespace stentor {

/// One user's socket: turns what it says into commands, asks rooms, answers in its own words.
class chat_socket final : public io::socket_handler {
public:
  chat_socket(io::socket& socket, network& below, directory_actor directory, user_ptr who);

  /// Tells the client who it is.
  void greet();

  void on_event(const std::string& event, std::span<const json> args, io::ack_id ack) override;
  void on_disconnect(std::string_view reason) override;

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
    uint64_t number = 0; ///< another one each time it begins: the answer to a join before a leave changes nothing
  };
  using place = std::pair<room_id, variant_id>;
  using on_room = std::function<void(const found_room&)>;

  void handle(const dialect::join_room& what, const question_ptr& asked);
  void handle(const dialect::leave_room& what, const question_ptr& asked);
  void handle(const dialect::submit_operation& what, const question_ptr& asked);
  void subscribe(const found_room& where, std::optional<seqno> after, const question_ptr& asked);
  void on_joined(const joined& news, const place& at, uint64_t number, const question_ptr& asked);
  void on_not_joined(const failure& why, const place& at, uint64_t number, const question_ptr& asked);
  bool is_current(const place& at, uint64_t number) const;
  /// True if there was such a subscription.
  bool forget(const place& at);

  /// Asks the directory, unless a subscription knows the room already.
  void with_room(const room_ref& room, const question_ptr& asked, on_room then);
  const subscription* find(const room_ref& room) const;

  /// A request in the user's name; its answer is heard only while this socket lives.
  template <class Actor, class Message, class OnAnswer, class OnFailure>
  void ask(const Actor& whom, Message what, OnAnswer on_answer, OnFailure on_failure);
  /// The same; a failure is the client's answer.
  template <class Actor, class Message, class OnAnswer>
  void ask(const Actor& whom, Message what, const question_ptr& asked, OnAnswer on_answer);

  void answer(const question& asked, const dialect::outcome& what);
  void fail(const question& asked, const failure& why);
  void begin_durable(const question& asked);
  void end_durable(const question& asked);
  bool may_read() const;

  io::socket& socket_;
  network& below_;
  directory_actor directory_;
  user_ptr who_;
  std::map<place, subscription> subscriptions_;
  uint64_t begun_ = 0;         ///< subscriptions, over all time
  size_t in_flight_ = 0;       ///< durable questions not answered yet, …
  size_t in_flight_bytes_ = 0; ///< … and what they hold
};

} // namespace stentor
