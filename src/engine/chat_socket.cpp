#include "engine/chat_socket.hpp"

#include "actors/errors.hpp"
#include "base/metrics.hpp"
#include "base/overloaded.hpp"
#include "dialect/failures.hpp"
#include "engine/chat_broadcast.hpp"
#include "engine/command_terms.hpp"
#include "engine/event_metrics.hpp"
#include "net/connection.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace stentor {
namespace {

/// What an actor answers to a message.
template <class Actor, class Message>
using answer_of = caf::detail::tl_head_t<caf::response_type_t<typename Actor::signatures, Message>>;

/// Whether a refusal to join means that the room is not heard any more either.
bool ends_hearing(errc why) {
  return why == errc::not_a_member || why == errc::forbidden || why == errc::not_found;
}

} // namespace

chat_socket::chat_socket(io::socket& socket, chat_surroundings& around, identity_ptr who, const attached& place)
  : socket_(&socket), around_(around), who_(std::move(who)), device_(place.device), cells_(place.cells),
    lease_(*this, around.below.timers(), std::chrono::milliseconds{around.below.config().auth.expiry_grace_ms}) {
  if (who_->who)
    around_.local.enter(who_->who->id, *this);
}

void chat_socket::greet() {
  if (!who_->who)
    return;
  tell(dialect::authenticated(*who_->who));
  lease_.start(who_->expires_at);
}

template <class Actor, class Message, class OnAnswer, class OnError>
void chat_socket::request(const Actor& whom, Message what, OnAnswer on_answer, OnError on_error) {
  auto weak = socket_->weak_from_this();
  socket_->link()
    .self()
    ->request(whom, caf::infinite, std::move(what))
    .then(
      [weak, on_answer = std::move(on_answer)](const answer_of<Actor, Message>& news) {
        if (auto alive = weak.lock(); alive && alive->connected())
          on_answer(news);
      },
      [weak, on_error = std::move(on_error)](const caf::error& why) {
        if (auto alive = weak.lock(); alive && alive->connected())
          on_error(why);
      });
}

template <class Actor, class Message, class OnAnswer, class OnFailure>
void chat_socket::ask(const Actor& whom, Message what, OnAnswer on_answer, OnFailure on_failure) {
  request(whom, std::move(what), std::move(on_answer),
          [on_failure = std::move(on_failure)](const caf::error& why) { on_failure(to_failure(why)); });
}

template <class Message, class OnAnswer, class OnFailure>
void chat_socket::ask_room(const found_room& where, const Message& what, OnAnswer on_answer, OnFailure on_failure) {
  request(where.actor, what, on_answer, [this, room = where.room.id, what, on_answer, on_failure](const caf::error& why) {
    if (!never_reached(why))
      return on_failure(to_failure(why));
    ask(
      around_.actors.directory, find_room{room},
      [this, what, on_answer, on_failure](const found_room& living) {
        move_to(living);
        ask(living.actor, what, on_answer, on_failure);
      },
      on_failure);
  });
}

template <class Actor, class Message, class OnAnswer>
void chat_socket::ask(const Actor& whom, Message what, const question_ptr& asked, OnAnswer on_answer) {
  ask(whom, std::move(what), std::move(on_answer), [this, asked](const failure& why) { fail(*asked, why); });
}

// -- in -----------------------------------------------------------------------

void chat_socket::on_event(const json& name, std::span<const json> args, io::ack_id ack) {
  auto event = name.is_string() ? name.get<std::string>() : name.dump();
  if (auto why = count(rate_action::events))
    return fail({.event = event, .payload = args.empty() ? json{} : args[0], .ack = ack}, *why);
  auto [dialect, word] = dialect::find(event);
  count_in({dialect, word});
  auto asked = question{.dialect = dialect, .word = word, .event = event, .payload = args.empty() ? json{} : args[0], .ack = ack};
  if (!asked.word)
    return fail(asked, dialect::unknown_event(event));
  spoken_.set(dialect::number(*dialect));
  auto command = asked.word->parse(args);
  if (!command)
    return fail(asked, command.error());
  if (auto why = refusal(*command))
    return fail(asked, *why);
  asked.durable_bytes = durable_bytes(*command);
  begin_durable(asked);
  std::visit([this, kept = std::make_shared<const question>(std::move(asked))](const auto& what) { handle(what, kept); }, *command);
}

std::optional<failure> chat_socket::refusal(const dialect::command& what) const {
  auto terms = terms_of(what);
  if (terms.who == command_terms::asker::user && !who_->who)
    return errc::unauthenticated;
  if (lease_.is_over() && !std::holds_alternative<dialect::refresh_token>(what))
    return failure{errc::invalid_token, "The token has expired"};
  return terms.counts_as == rate_action::events ? std::nullopt : count(terms.counts_as); // events were counted already
}

std::optional<failure> chat_socket::count(rate_action what) const {
  auto wait = around_.limits.take(*cells_, what, std::chrono::steady_clock::now());
  if (wait.count() == 0)
    return std::nullopt;
  return failure{errc::rate_limited, std::chrono::ceil<std::chrono::milliseconds>(wait)};
}

void chat_socket::handle(const dialect::join_room& what, const question_ptr& asked) {
  with_room(what.room, asked, [this, asked, after = what.after](const found_room& where) { subscribe(where, after, asked); });
}

/// The subscription stands from the moment of asking, so that whoever goes meanwhile takes leave of the room.
void chat_socket::subscribe(const found_room& where, std::optional<seqno> after, const question_ptr& asked) {
  auto at = place{where.room.id, variant_of(*asked->dialect)};
  if (!subscriptions_.contains(at) && subscriptions_.size() >= around_.below.config().limits.rooms_per_socket_max)
    return fail(*asked, {errc::too_many, "Too many rooms on this socket"});
  auto [mine, is_new] = subscriptions_.try_emplace(at, subscription{where, begun_ + 1});
  begun_ += is_new ? 1 : 0;
  mine->second.where = where;
  ++mine->second.joining;
  ask_room(
    where, join{{socket_->origin(), at.second}, around_.below.handle(), asker(), after},
    [this, at, number = mine->second.number, asked](const joined& news) { on_joined(news, at, number, asked); },
    [this, at, number = mine->second.number, asked](const failure& why) { on_not_joined(why, at, number, asked); });
}

/// The room has ended, and another one is in its place: it is to tell those who have heard the old one.
void chat_socket::move_to(const found_room& living) {
  if (auto types = types_in_.find(living.room.id); types != types_in_.end())
    types->second = living.actor;
  for (auto& [at, mine] : subscriptions_) {
    if (at.first != living.room.id || mine.where.actor == living.actor)
      continue;
    mine.where = living;
    if (mine.is_heard)
      ask(
        living.actor, join{{socket_->origin(), at.second}, around_.below.handle(), asker(), {}}, [](const joined&) {},
        [this, at = at, number = mine.number](const failure&) {
          if (current(at, number))
            forget(at);
        });
  }
}

chat_socket::subscription* chat_socket::current(const place& at, uint64_t number) {
  auto found = subscriptions_.find(at);
  return found != subscriptions_.end() && found->second.number == number ? &found->second : nullptr;
}

void chat_socket::on_joined(const joined& news, const place& at, uint64_t number, const question_ptr& asked) {
  if (auto* mine = current(at, number)) {
    --mine->joining;
    mine->is_heard = true;
    socket_->enter(room_index_key(at.first), at.second);
  }
  answer(*asked, dialect::joined_room{news.room, news.seq, news.missed, news.has_more});
}

void chat_socket::on_not_joined(const failure& why, const place& at, uint64_t number, const question_ptr& asked) {
  if (auto* mine = current(at, number)) {
    --mine->joining;
    if (ends_hearing(why.code) || (!mine->is_heard && mine->joining == 0))
      forget(at);
  }
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
    return leave_it(found_room{known->where}); // which is forgotten meanwhile
  ask(around_.actors.directory, find_room{what.room}, leave_it, [not_there](const failure&) { not_there(); });
}

bool chat_socket::forget(const place& at) {
  auto gone = subscriptions_.extract(at);
  if (gone.empty())
    return false;
  socket_->leave(room_index_key(at.first), at.second);
  around_.below.self()->send(gone.mapped().where.actor, leave{{socket_->origin(), at.second}});
  types_in_.erase(at.first);
  return true;
}

void chat_socket::handle(const dialect::submit_operation& what, const question_ptr& asked) {
  with_room(what.room, asked, [this, asked, operation = what.what](const found_room& where) {
    ask_room(
      where, submit{who_->who, operation},
      [this, asked](const committed& done) {
        answer(*asked, dialect::committed_operation{done.room, done.what});
      },
      [this, asked](const failure& why) { fail(*asked, why); });
  });
}

/// A room hears what a socket sends in order: once it is asked to stop, or is left, there is nothing to take back.
void chat_socket::handle(const dialect::send_hint& what, const question_ptr& asked) {
  with_room(what.room, asked, [this, asked, kind = what.what](const found_room& where) {
    if (std::holds_alternative<typing_stopped>(kind))
      types_in_.erase(where.room.id);
    else if (!begin_typing(where))
      return fail(*asked, {errc::too_many, "Too many rooms on this socket"});
    ask_room(
      where, tell_hint{who_->who, socket_->origin(), kind},
      [this, asked](const hinted& done) { answer(*asked, dialect::sent_hint{done.room}); },
      [this, asked, room = where.room.id](const failure& why) {
        types_in_.erase(room);
        fail(*asked, why);
      });
  });
}

bool chat_socket::begin_typing(const found_room& where) {
  if (!types_in_.contains(where.room.id) && types_in_.size() >= around_.below.config().limits.rooms_per_socket_max)
    return false;
  types_in_.insert_or_assign(where.room.id, where.actor);
  return true;
}

void chat_socket::handle(const dialect::ping&, const question_ptr& asked) {
  answer(*asked, dialect::pong{wall_now()});
}

void chat_socket::with_room(const room_ref& room, const question_ptr& asked, on_room then) {
  auto enter = [this, asked, then = std::move(then)](const found_room& where) {
    if (!dialect::is_for(asked->word->scope, where.room.kind))
      return fail(*asked, errc::not_found);
    then(where);
  };
  if (auto* known = find(room))
    return enter(known->where);
  ask(around_.actors.directory, find_room{room}, asked, std::move(enter));
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

// -- people -------------------------------------------------------------------

void chat_socket::handle(const dialect::refresh_token& what, const question_ptr& asked) {
  around_.auth.authenticate(what.token, [this, asked, weak = socket_->weak_from_this()](const result<identity_ptr>& who) {
    auto alive = weak.lock();
    if (!alive || !alive->connected())
      return;
    if (!who)
      fail(*asked, who.error());
    else if ((*who)->who->id != asker())
      fail(*asked, {errc::forbidden, "The token is another user's"});
    else
      ask(around_.actors.registry, renew{*who, device_}, asked, [this, asked, who = *who](const renewed&) { go_on_as(who, asked); });
  });
}

void chat_socket::go_on_as(const identity_ptr& who, const question_ptr& asked) {
  who_ = who;
  lease_.start(who_->expires_at);
  answer(*asked, dialect::token_refreshed{who->expires_at});
}

/// The client is told, …
void chat_socket::on_expired() {
  for (const auto& what : dialect::token_expired(spoken_))
    tell(what);
}

/// … then it goes.
void chat_socket::on_grace_over() {
  auto alive = socket_->shared_from_this(); // as long as its link is needed
  alive->disconnect();
  alive->link().leave_soon();
}

void chat_socket::handle(const dialect::ask_status& what, const question_ptr& asked) {
  ask(around_.actors.presence, ask_status{asker(), what.whom}, asked, [this, asked, whom = what.whom](const statuses& known) {
    auto shown = dialect::known_statuses{};
    for (size_t i = 0; i < whom.size(); ++i)
      shown.of.push_back({whom[i], known.is_online[i]});
    answer(*asked, shown);
  });
}

void chat_socket::handle(const dialect::ask_online& what, const question_ptr& asked) {
  ask(around_.actors.presence, ask_online{asker(), what.room}, asked,
      [this, asked](const user_list& present) { answer(*asked, dialect::online_members{present.who}); });
}

/// A join that is not answered yet came later: the room's answer is still to come.
void chat_socket::go_from(room_id room) {
  socket_->leave_all(room_index_key(room));
  std::erase_if(subscriptions_, [&](const auto& x) { return x.first.first == room && x.second.joining == 0; });
  for (auto& [at, mine] : subscriptions_)
    mine.is_heard &= at.first != room;
}

/// What ends with its connection: its user's presence, and what the disk has yet to answer.
void chat_socket::lose_connection() {
  if (!std::exchange(is_here_, false))
    return;
  lease_.stop();
  if (who_->who)
    around_.below.self()->send(around_.actors.registry, detach{who_->who->id, device_});
  in_flight_bytes_ = 0;
  for (; in_flight_ > 0; --in_flight_)
    around_.below.unhold();
}

/// Its rooms go on talking to it. An answer that was on its way does not arrive any more.
void chat_socket::on_lost(std::string_view) {
  lose_connection();
  for (const auto& [room, actor] : std::exchange(types_in_, {}))
    caf::anon_send(actor, tell_hint{who_->who, socket_->origin(), typing_stopped{}});
  std::vector<place> unheard;
  for (auto& [at, mine] : subscriptions_)
    if (std::exchange(mine.joining, 0) > 0 && !mine.is_heard)
      unheard.push_back(at);
  for (const auto& at : unheard)
    forget(at);
}

bool chat_socket::belongs_to(const identity& who) const {
  return asker() == (who.who ? who.who->id : user_id{});
}

void chat_socket::go_on(const identity_ptr& who, const attached& place) {
  who_ = who;
  device_ = place.device;
  cells_ = place.cells;
  is_here_ = true;
  if (who_->who)
    lease_.start(who_->expires_at);
}

void chat_socket::on_disconnect(std::string_view) {
  lose_connection();
  if (who_->who)
    around_.local.leave(who_->who->id, *this);
  while (!subscriptions_.empty())
    forget(subscriptions_.begin()->first);
  for (const auto& [room, actor] : types_in_) // joined or not
    around_.below.self()->send(actor, leave{{socket_->origin(), 0}});
}

// -- out ----------------------------------------------------------------------

void chat_socket::tell(const dialect::notice& what) {
  socket_->emit(what.event, std::span{&what.data, 1});
}

void chat_socket::answer(const question& asked, const dialect::outcome& what) {
  auto shown = asked.word->show(what);
  if (!asked.word->answer.empty()) {
    count_out(asked.dialect, asked.word->answer);
    socket_->emit(asked.word->answer, std::span{&shown, 1});
  }
  if (asked.ack) {
    if (asked.word->ack != dialect::ack_style::bare) {
      auto said = json{{"ok", true}};
      said.update(shown);
      shown = std::move(said);
    }
    socket_->acknowledge(*asked.ack, std::span{&shown, 1});
  }
  end_durable(asked);
}

void chat_socket::fail(const question& asked, const failure& why) {
  metrics::count_error(why.code);
  if (asked.ack) {
    auto shown = dialect::failure_acknowledged(asked.word, why);
    socket_->acknowledge(*asked.ack, std::span{&shown, 1});
  } else {
    count_out(asked.dialect, "error");
    auto shown = dialect::failure_told(asked.word, why, asked.event, asked.payload);
    socket_->emit("error", std::span{&shown, 1});
  }
  end_durable(asked);
}

/// At the limit, the client is no longer read; TCP tells it to wait. Its bytes count, too: each comes back to it more than once,
/// and must find room in its outbox.
bool chat_socket::may_read() const {
  const auto& config = around_.below.config();
  return in_flight_ < config.limits.submits_in_flight && in_flight_bytes_ < config.network.outbox_bytes_max / 8;
}

void chat_socket::begin_durable(const question& asked) {
  if (asked.durable_bytes == 0)
    return;
  around_.below.hold();
  ++in_flight_;
  in_flight_bytes_ += asked.durable_bytes;
  if (!may_read())
    socket_->pause();
}

void chat_socket::end_durable(const question& asked) {
  if (asked.durable_bytes == 0)
    return;
  auto paused = !may_read();
  --in_flight_;
  in_flight_bytes_ -= asked.durable_bytes;
  around_.below.unhold();
  if (paused && may_read())
    socket_->resume();
}

} // namespace stentor
