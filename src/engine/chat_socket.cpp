#include "engine/chat_socket.hpp"

#include "actors/errors.hpp"
#include "base/overloaded.hpp"
#include "engine/chat_broadcast.hpp"
#include "net/connection.hpp"

#include <algorithm>

namespace stentor {
namespace {

/// When a client that was told to come back may do so.
constexpr unsigned retry_after_ms = 1000;
constexpr size_t shown_event_bytes_max = 64;

/// What an actor answers to a message.
template <class Actor, class Message>
using answer_of = caf::detail::tl_head_t<caf::response_type_t<typename Actor::signatures, Message>>;

/// As much of an event's name as an error shows, cut between two characters.
std::string beginning_of(const std::string& event) {
  auto size = std::min(event.size(), shown_event_bytes_max);
  while (size < event.size() && size > 0 && (event[size] & 0xc0) == 0x80)
    --size;
  return event.substr(0, size);
}

/// What a command holds until the disk has it; 0 if it does not wait for the disk.
size_t durable_bytes(const dialect::command& what) {
  auto* submitted = std::get_if<dialect::submit_operation>(&what);
  if (!submitted)
    return 0;
  auto* message = std::get_if<post_message>(&submitted->what);
  return 1 + (message ? message->content.size() : 0);
}

json or_null(const std::string& text) {
  return text.empty() ? json{} : json(text);
}

} // namespace

chat_socket::chat_socket(io::socket& socket, network& below, directory_actor directory, user_ptr who)
  : socket_(socket), below_(below), directory_(std::move(directory)), who_(std::move(who)) {
}

void chat_socket::greet() {
  auto id = std::to_string(who_->id.value);
  socket_.emit("authenticated", json{{"userId", id},
                                     {"name", who_->name},
                                     {"image", or_null(who_->image)},
                                     {"user", {{"id", id}, {"name", who_->name}, {"email", or_null(who_->email)}}}}
                                  .dump());
}

template <class Actor, class Message, class OnAnswer, class OnFailure>
void chat_socket::ask(const Actor& whom, Message what, OnAnswer on_answer, OnFailure on_failure) {
  auto weak = socket_.weak_from_this();
  socket_.link()
    .self()
    ->request(whom, caf::infinite, std::move(what))
    .then(
      [weak, on_answer = std::move(on_answer)](const answer_of<Actor, Message>& news) {
        if (auto alive = weak.lock(); alive && alive->connected())
          on_answer(news);
      },
      [weak, on_failure = std::move(on_failure)](const caf::error& why) {
        if (auto alive = weak.lock(); alive && alive->connected())
          on_failure(to_failure(why));
      });
}

template <class Actor, class Message, class OnAnswer>
void chat_socket::ask(const Actor& whom, Message what, const question_ptr& asked, OnAnswer on_answer) {
  ask(whom, std::move(what), std::move(on_answer), [this, asked](const failure& why) { fail(*asked, why); });
}

// -- in -----------------------------------------------------------------------

void chat_socket::on_event(const std::string& event, std::span<const json> args, io::ack_id ack) {
  auto [dialect, word] = dialect::find(event);
  auto asked = question{.dialect = dialect, .word = word, .event = event, .payload = args.empty() ? json{} : args[0], .ack = ack};
  if (!asked.word)
    return fail(asked, {errc::unknown_event, "Unknown event " + beginning_of(event)});
  auto command = asked.word->parse(args);
  if (!command)
    return fail(asked, command.error());
  asked.durable_bytes = durable_bytes(*command);
  begin_durable(asked);
  std::visit([this, kept = std::make_shared<const question>(std::move(asked))](const auto& what) { handle(what, kept); }, *command);
}

void chat_socket::handle(const dialect::join_room& what, const question_ptr& asked) {
  with_room(what.room, asked, [this, asked, after = what.after](const found_room& where) { subscribe(where, after, asked); });
}

/// The subscription stands from the moment of asking, so that whoever goes meanwhile takes leave of the room.
void chat_socket::subscribe(const found_room& where, std::optional<seqno> after, const question_ptr& asked) {
  auto at = place{where.room.id, variant_of(*asked->dialect)};
  if (!subscriptions_.contains(at) && subscriptions_.size() >= below_.config().limits.rooms_per_socket_max)
    return fail(*asked, {errc::forbidden, "Too many rooms on this socket"});
  auto [mine, is_new] = subscriptions_.try_emplace(at, subscription{where, begun_ + 1});
  begun_ += is_new ? 1 : 0;
  mine->second.where = where;
  ask(
    where.actor, join{{socket_.link().id(), at.second}, below_.handle(), who_->id, after},
    [this, at, number = mine->second.number, asked](const joined& news) { on_joined(news, at, number, asked); },
    [this, at, number = mine->second.number, asked](const failure& why) { on_not_joined(why, at, number, asked); });
}

bool chat_socket::is_current(const place& at, uint64_t number) const {
  auto current = subscriptions_.find(at);
  return current != subscriptions_.end() && current->second.number == number;
}

void chat_socket::on_joined(const joined& news, const place& at, uint64_t number, const question_ptr& asked) {
  if (is_current(at, number))
    socket_.enter(room_index_key(at.first), at.second);
  answer(*asked, dialect::joined_room{news.room, news.seq, news.missed, news.has_more});
}

void chat_socket::on_not_joined(const failure& why, const place& at, uint64_t number, const question_ptr& asked) {
  if (is_current(at, number))
    forget(at);
  fail(*asked, why);
}

/// Through the directory, too: a join that has not found its room yet is ahead of us there.
void chat_socket::handle(const dialect::leave_room& what, const question_ptr& asked) {
  auto not_there = [this, asked] { fail(*asked, {errc::not_found, "Not in that room"}); };
  auto leave_it = [this, asked, not_there](const found_room& where) {
    if (!forget({where.room.id, variant_of(*asked->dialect)}))
      return not_there();
    answer(*asked, dialect::left_room{where.room});
  };
  if (auto* known = find(what.room))
    return leave_it(known->where);
  ask(directory_, find_room{what.room}, leave_it, [not_there](const failure&) { not_there(); });
}

bool chat_socket::forget(const place& at) {
  auto gone = subscriptions_.extract(at);
  if (gone.empty())
    return false;
  socket_.leave(room_index_key(at.first), at.second);
  socket_.link().self()->send(gone.mapped().where.actor, leave{{socket_.link().id(), at.second}});
  return true;
}

void chat_socket::handle(const dialect::submit_operation& what, const question_ptr& asked) {
  with_room(what.room, asked, [this, asked, operation = what.what](const found_room& where) {
    ask(where.actor, submit{who_, operation}, asked, [this, asked](const committed& done) {
      answer(*asked, dialect::committed_operation{done.room, done.what});
    });
  });
}

void chat_socket::with_room(const room_ref& room, const question_ptr& asked, on_room then) {
  if (auto* known = find(room))
    return then(known->where);
  ask(directory_, find_room{room}, asked, std::move(then));
}

const chat_socket::subscription* chat_socket::find(const room_ref& room) const {
  auto same = [&](const auto& x) {
    const auto& label = x.second.where.room;
    return std::visit(overloaded{[&](room_id id) { return label.id == id; }, [&](const std::string& key) { return label.key == key; }},
                      room);
  };
  auto found = std::ranges::find_if(subscriptions_, same);
  return found == subscriptions_.end() ? nullptr : &found->second;
}

void chat_socket::on_disconnect(std::string_view) {
  while (!subscriptions_.empty())
    forget(subscriptions_.begin()->first);
  for (; in_flight_ > 0; --in_flight_)
    below_.unhold();
}

// -- out ----------------------------------------------------------------------

void chat_socket::answer(const question& asked, const dialect::outcome& what) {
  auto shown = asked.word->show(what).dump();
  socket_.emit(asked.word->answer, shown);
  if (asked.ack)
    socket_.acknowledge(*asked.ack, R"({"ok":true,)" + shown.substr(1));
  end_durable(asked);
}

void chat_socket::fail(const question& asked, const failure& why) {
  auto text = asked.word ? dialect::text_for(*asked.word, why) : std::string_view{why.detail};
  auto shown = asked.ack ? json{{"ok", false}, {"error", text}, {"code", name(why.code)}}
                         : json{{"message", text}, {"code", name(why.code)}, {"event", beginning_of(asked.event)}};
  if (why.code == errc::bad_request && text != why.detail)
    shown["detail"] = why.detail;
  if (retryable(why.code)) {
    shown["retryAfter"] = retry_after_ms;
    if (!asked.ack)
      shown["data"] = asked.payload;
  }
  if (!asked.ack && asked.payload.is_object() && asked.payload.contains("clientMessageId"))
    shown["clientMessageId"] = asked.payload["clientMessageId"];
  if (asked.ack)
    socket_.acknowledge(*asked.ack, shown.dump());
  else
    socket_.emit("error", shown.dump());
  end_durable(asked);
}

/// At the limit, the client is no longer read; TCP tells it to wait. Its bytes count, too: each comes back to it more than once,
/// and must find room in its outbox.
bool chat_socket::may_read() const {
  const auto& config = below_.config();
  return in_flight_ < config.limits.submits_in_flight && in_flight_bytes_ < config.network.outbox_bytes_max / 8;
}

void chat_socket::begin_durable(const question& asked) {
  if (asked.durable_bytes == 0)
    return;
  below_.hold();
  ++in_flight_;
  in_flight_bytes_ += asked.durable_bytes;
  if (!may_read())
    socket_.link().pause_reading();
}

void chat_socket::end_durable(const question& asked) {
  if (asked.durable_bytes == 0)
    return;
  auto paused = !may_read();
  --in_flight_;
  in_flight_bytes_ -= asked.durable_bytes;
  below_.unhold();
  if (paused && may_read())
    socket_.link().resume_reading();
}

} // namespace stentor
