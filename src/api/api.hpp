#pragma once

#include "engine/chat_engine.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace stentor::api {

/// One REST call on its way: who asks for what, and how they are answered (once).
struct call {
  http_request request;
  std::vector<std::string> params; ///< what the `:words` of the route stand for, decoded
  user_ptr who;
  http_reply reply;

  /// `{"data":…}` with a status; meta is left out if it is null.
  void answer(unsigned status, json data, json meta = nullptr) const;
  /// 204
  void answer_nothing() const { reply({.status = 204, .body = {}, .headers = {}}); }
  /// `{"data":null,"error":{"status","name","message","details"}}`
  void fail(const failure& why) const;
  /// The body as a JSON object; `bad_request`.
  result<json> body_object(json_limits limits) const;
};
using call_ptr = std::shared_ptr<const call>;

/// REST on one network thread: finds the route, finds out who asks, lets the route's handler ask the actors.
class service {
public:
  service(network& below, chat_actors actors, authenticator& auth);

  void handle(http_request request, http_reply reply);

  network_actor::pointer self() const { return below_.self(); }
  const settings& config() const { return below_.config(); }
  chat_actors& actors() { return actors_; }

  /// Asks an actor; a failure answers the call.
  template <class Actor, class Message, class OnAnswer>
  void ask(const call_ptr& from, const Actor& whom, Message what, OnAnswer on_answer);

private:
  network& below_;
  chat_actors actors_;
  authenticator& auth_;
};

/// One route: `:word` in its path takes one segment.
struct route {
  std::string_view method;
  std::string_view path;
  void (*handle)(service&, const call_ptr&);
};

/// Every route, the static ones before those with a `:word` in the same place.
std::span<const route> routes();

// The handlers, by resource.
void create_channel(service& on, const call_ptr& from);
void list_channels(service& on, const call_ptr& from);
void show_channel(service& on, const call_ptr& from);
void change_channel(service& on, const call_ptr& from);
void delete_channel(service& on, const call_ptr& from);
void join_channel(service& on, const call_ptr& from);
void leave_channel(service& on, const call_ptr& from);
void read_channel(service& on, const call_ptr& from);
void list_members(service& on, const call_ptr& from);
void add_channel_member(service& on, const call_ptr& from);
void change_channel_member(service& on, const call_ptr& from);
void remove_channel_member(service& on, const call_ptr& from);
void list_messages(service& on, const call_ptr& from);

} // namespace stentor::api
