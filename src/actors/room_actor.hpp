#pragma once

#include "actors/protocol.hpp"
#include "actors/reader_pool.hpp"
#include "base/metrics.hpp"
#include "chat/room.hpp"
#include "chat/typing.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <map>

namespace stentor {

/// Makes of what happens what connections are told; knows the dialects, which rooms do not.
struct announcer {
  std::function<broadcast_ptr(const room_label& where, const event_ptr& what)> event;
  std::function<broadcast_ptr(const room_label& where, const hint_ptr& what)> hint;
};

struct room_policy {
  room_limits room;
  size_t pending_max = 1024;            ///< operations admitted and not answered
  size_t missed_max = 500;              ///< events that one join brings along, …
  size_t missed_bytes_max = 128 * 1024; ///< … unless the first of them alone is larger, and their bytes on the wire
  std::chrono::milliseconds idle_time{60'000};
  std::chrono::milliseconds typing_timeout{5000};
};

/// Runs one stentor::room. Order of every operation: decide, commit, answer, fan out.
///
/// One append is in flight; what arrives meanwhile is the next one, up to an operation that changes who may do what: what stands
/// behind it is decided again once it is committed, so each is decided on all that was before it. A failed commit is answered to those who
/// wait for it and changes nothing: the room lives on.
///
/// Who holds its promise `idle` is told once nobody has heard it or asked it anything for a while, and may let it `rest`.
class room_host {
public:
  using handle = room_actor;
  static inline const char* name = "room";

  room_host(handle::pointer self, const store::room_image_ptr& image, persistence_actor persistence, reader_pool readers,
            announcer announce, room_policy policy);
  handle::behavior_type make_behavior();

private:
  struct waiting {
    store::entry what;
    caf::typed_response_promise<committed> reply;
  };
  /// One network thread that hears this room.
  struct audience {
    network_actor network;
    std::map<subscriber, user_id> listeners;
  };

  /// A join that waits for what it missed.
  struct arrival {
    join what;
    caf::typed_response_promise<joined> reply;
    seqno reached;     ///< what was read up to here is of messages that are deleted since
    bool left = false; ///< meanwhile: answered all the same, but not subscribed
  };
  using arrivals = std::multimap<subscriber, arrival>;

  caf::result<joined> on_join(const join& what);
  void on_leave(const leave& what);
  caf::result<committed> on_submit(const submit& what);
  caf::result<hinted> on_hint(const tell_hint& what);
  void on_typing_tick();
  caf::result<store::cursor> on_mark_read(const mark_read& what);
  caf::result<store::member_page> on_list_members(const list_members& what);
  caf::result<store::page> on_fetch(const fetch& what);
  caf::result<description> on_describe(const describe& what);
  caf::result<idle> on_await_idle();
  void on_idle_tick();
  caf::result<rested> on_rest();
  caf::result<drained> on_drain();

  void catch_up(arrivals::iterator who);
  void on_caught_up(arrivals::iterator who, const store::page& read);
  arrival take(arrivals::iterator who);
  joined subscribe(const join& what, std::vector<event_ptr> missed, bool has_more);
  joined welcome(std::vector<event_ptr> missed, bool has_more) const;
  void take_pending();
  void append_next();
  void decide_again();
  void send_away(const event& what);
  void tell_typing(const typist& one, decltype(hint::what) what);
  void tell_stopped(const std::vector<typist>& gone);
  void schedule_typing();
  deliver make_delivery() const { return {room_index_key(model_.info().id), {}}; }
  void tell(const deliver& news);
  void on_appended(const std::vector<store::outcome>& outcomes);
  void on_refused(const failure& why);
  void fan_out(const std::vector<event_ptr>& news);
  void answer_drained();
  bool is_quiet() const;
  room_host& stirred();
  void schedule_idle();
  void count_waiting();
  room_label label() const { return {model_.info().id, model_.info().key, model_.info().kind}; }

  handle::pointer self_;
  room model_;
  persistence_actor persistence_;
  reader_pool readers_;
  announcer announce_;
  room_policy policy_;
  std::map<uint32_t, audience> audiences_; ///< by network thread
  arrivals arrivals_;
  std::vector<waiting> pending_;
  std::vector<waiting> in_flight_;
  metrics::share alive_{metrics::metric::rooms};
  metrics::share admitted_{metrics::metric::room_pending};
  metrics::share appending_{metrics::metric::persistence_waiting};
  metrics::share arriving_{metrics::metric::room_arrivals};
  typing_book typing_;
  bool typing_scheduled_ = false; ///< a tick is on its way
  caf::typed_response_promise<idle> when_idle_;
  bool idle_scheduled_ = false; ///< a tick is on its way
  bool stirred_ = false;        ///< since the last of them
  bool draining_ = false;
  std::vector<caf::typed_response_promise<drained>> drains_;
};

} // namespace stentor
