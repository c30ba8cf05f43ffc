#pragma once

#include "api/recent.hpp"
#include "engine/chat_engine.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace stentor::api {

/// One REST call on its way: who asks for what, and how they are answered (once).
struct call {
  http_request request;
  std::vector<std::string> params; ///< what the `:words` of the route stand for, decoded
  user_ptr who;                    ///< null on routes for anyone
  http_reply reply;
  identity_ptr as = nullptr; ///< who they are and by which token, or null

  /// `{"data":…}` with a status; meta is left out if it is null.
  void answer(unsigned status, json data, json meta = nullptr) const;
  /// A body that is not wrapped.
  void answer_bare(unsigned status, const json& body, std::vector<std::pair<std::string, std::string>> headers = {}) const;
  /// 204
  void answer_nothing(std::vector<std::pair<std::string, std::string>> headers = {}) const {
    reply({.status = 204, .body = {}, .headers = std::move(headers)});
  }
  /// `{"data":null,"error":{"status","name","message","details"}}`
  void fail(const failure& why) const;
  /// The body as a JSON object; `bad_request`.
  result<json> body_object(json_limits limits) const;
};
using call_ptr = std::shared_ptr<const call>;

struct route;

/// What operators ask for, kept for a moment: asking often costs the store nothing.
struct operations {
  recent<bool> store_works;
  recent<store::totals> totals;
};

/// REST on one network thread: finds the route, finds out who asks, lets the route's handler ask the actors.
class service {
public:
  service(network& below, chat_actors actors, authenticator& auth);

  void handle(http_request request, http_reply reply);

  network_actor::pointer self() const { return below_.self(); }
  const settings& config() const { return below_.config(); }
  chat_actors& actors() { return actors_; }
  network& below() { return below_; }
  operations& ops() { return operations_; }
  const authenticator& auth() const { return auth_; }

  /// Asks an actor; a failure answers the call.
  template <class Actor, class Message, class OnAnswer>
  void ask(const call_ptr& from, const Actor& whom, Message what, OnAnswer on_answer);

private:
  void authenticate(const struct route& to, const std::shared_ptr<call>& from);
  void check_and_handle(const struct route& to, const call_ptr& from);

  network& below_;
  chat_actors actors_;
  authenticator& auth_;
  operations operations_;
};

/// Who may call a route: anyone, users with a token, or only admins.
enum class access : uint8_t { anyone, user, admin };

/// One route: `:word` in its path takes one segment.
struct route {
  std::string_view method;
  std::string_view path;
  access needs;
  void (*handle)(service&, const call_ptr&);
};

/// Every route, the static ones before those with a `:word` in the same place.
std::span<const route> routes();

// The handlers, by resource.
void register_account(service& on, const call_ptr& from);
void log_in_local(service& on, const call_ptr& from);
void refresh_token(service& on, const call_ptr& from);
void log_out(service& on, const call_ptr& from);
void show_me(service& on, const call_ptr& from);
void list_users(service& on, const call_ptr& from);
void search_for_users(service& on, const call_ptr& from);
void change_user(service& on, const call_ptr& from);
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
void show_health(service& on, const call_ptr& from);
void show_readiness(service& on, const call_ptr& from);
void show_metrics(service& on, const call_ptr& from);
void show_stats(service& on, const call_ptr& from);

} // namespace stentor::api
