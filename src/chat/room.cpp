#include "chat/room.hpp"

#include "base/overloaded.hpp"

#include <cassert>

namespace stentor {
namespace {

/// The least role that an operation takes, by its place in `operation`. Joining and leaving are another matter.
struct rule {
  member_role least;
  std::string_view otherwise;
};
constexpr std::string_view muted = "You are muted in this room";
constexpr std::string_view moderated = "Only moderators may do this";
constexpr std::string_view owned = "Only owners may do this";
constexpr rule rules[] = {
  /* post_message    */ {member_role::member, muted},
  /* edit_message    */ {member_role::member, muted},
  /* delete_message  */ {member_role::member, muted},
  /* add_reaction    */ {member_role::member, muted},
  /* remove_reaction */ {member_role::member, muted},
  /* add_member      */ {member_role::moderator, moderated},
  /* remove_member   */ {member_role::moderator, moderated},
  /* change_role     */ {member_role::moderator, moderated},
  /* change_room     */ {member_role::owner, owned},
  /* delete_room     */ {member_role::owner, owned},
};
static_assert(std::size(rules) == std::variant_size_v<operation>, "one rule per operation, in order");

/// Whether someone decides on one who has `other`: owners on everyone, others on those below them.
bool is_above(member_role own, member_role other) {
  return own == member_role::owner || other < own;
}

failure not_above() {
  return {errc::forbidden, "Only for those with a lower role than yours"};
}

} // namespace

size_t weight(const event& what) {
  return sizeof(event) + std::visit(overloaded{
                                      [](const message_posted& x) { return x.content.size() + (x.quoted ? weight(*x.quoted) : 0); },
                                      [](const message_edited& x) { return x.content.size(); },
                                      [](const auto&) { return size_t{0}; },
                                    },
                                    what.what);
}

namespace {

/// Of a text in JSON, whose control characters are six bytes each.
size_t json_bytes(std::string_view text) {
  size_t all = text.size();
  for (unsigned char c : text)
    all += c < 0x20 ? 5 : c == '"' || c == '\\' ? 1 : 0;
  return all;
}

size_t json_bytes(const user_ptr& who) {
  return who ? json_bytes(who->name) + json_bytes(who->email) + json_bytes(who->image) : 0;
}

} // namespace

size_t wire_bytes(const event& what) {
  constexpr size_t fields = 512; // names of fields, ids, times
  return fields + std::visit(overloaded{
                               [](const message_posted& x) {
                                 return json_bytes(x.content) + json_bytes(x.client_message_id) + json_bytes(x.author) +
                                        (x.quoted ? wire_bytes(*x.quoted) : 0);
                               },
                               [](const message_edited& x) { return json_bytes(x.content); },
                               [](const reaction_added& x) { return json_bytes(x.what.emoji) + json_bytes(x.what.who); },
                               [](const room_changed& x) { return json_bytes(x.name.value_or("")) + json_bytes(x.topic.value_or("")); },
                               [](const auto&) { return size_t{0}; },
                             },
                             what.what);
}

bool changes_rights(const operation& what) {
  return std::visit(overloaded{
                      [](const post_message&) { return false; },
                      [](const edit_message&) { return false; },
                      [](const delete_message&) { return false; },
                      [](const add_reaction&) { return false; },
                      [](const remove_reaction&) { return false; },
                      [](const auto&) { return true; },
                    },
                    what);
}

room::room(room_info info, room_limits limits) : info_(std::move(info)), limits_(limits), tail_after_(info_.last_seq) {
}

// -- members ------------------------------------------------------------------

void room::admit(user_id who, member_role role) {
  forget(who);
  members_.emplace(who, role);
  ++count(role);
}

void room::forget(user_id who) {
  if (auto gone = members_.extract(who))
    --count(gone.mapped());
}

std::optional<member_role> room::role_of(user_id who) const {
  auto found = members_.find(who);
  return found == members_.end() ? std::nullopt : std::optional{found->second};
}

result<member_role> room::may_hear(user_id who) const {
  auto role = role_of(who);
  if (!role)
    return info_.visibility == room_visibility::open ? errc::not_a_member : errc::not_found;
  if (*role == member_role::banned)
    return info_.visibility == room_visibility::open ? errc::forbidden : errc::not_found;
  return *role;
}

result<member_role> room::may_speak(user_id who) const {
  auto heard = may_hear(who);
  if (heard && *heard == member_role::muted)
    return failure{errc::forbidden, std::string{muted}};
  return heard;
}

// -- operations ---------------------------------------------------------------

result<operation> room::decide(user_id who, operation what) const {
  auto is_self = std::visit(overloaded{
                              [&](const add_member& x) { return x.who == who; },
                              [&](const remove_member& x) { return x.who == who; },
                              [](const auto&) { return false; },
                            },
                            what);
  if (is_self)
    return decide_self(who, what);
  auto own = may_hear(who);
  if (!own)
    return own.error();
  const auto& [least, otherwise] = rules[what.index()];
  if (*own < least)
    return failure{errc::forbidden, std::string{*own == member_role::muted ? muted : otherwise}};
  if (auto why = refusal(who, *own, what))
    return *why;
  return what;
}

/// Whoever comes or goes by themselves. Who is banned cannot go: they would come back.
result<operation> room::decide_self(user_id who, const operation& what) const {
  auto role = role_of(who);
  if (role == member_role::banned)
    return may_hear(who).error();
  if (auto* join = std::get_if<add_member>(&what)) {
    if (role)
      return errc::already_exists;
    if (info_.visibility == room_visibility::closed)
      return errc::not_found;
    return join->role == member_role::member ? result<operation>{what} : errc::forbidden;
  }
  if (auto heard = may_hear(who); !heard)
    return heard.error();
  if (role == member_role::owner && count(member_role::owner) == 1)
    return errc::last_owner;
  return what;
}

/// What speaks against an operation of someone whose role would do. Sets its reach.
std::optional<failure> room::refusal(user_id who, member_role own, operation& what) const {
  using verdict = std::optional<failure>;
  auto length = [&](const std::string& content) -> verdict {
    if (content.size() <= limits_.message_bytes_max)
      return {};
    return failure{errc::too_large, "The message is longer than " + std::to_string(limits_.message_bytes_max) + " bytes"};
  };
  auto on_member = [&](user_id whom) -> verdict {
    auto role = role_of(whom);
    if (!role)
      return failure{errc::not_found, "Not a member"};
    return is_above(own, *role) ? verdict{} : not_above();
  };
  return std::visit(overloaded{
                      [&](const post_message& x) { return length(x.content); },
                      [&](const edit_message& x) { return length(x.content); },
                      [&](delete_message& x) -> verdict {
                        x.reach = own >= member_role::moderator ? whose::anyones : whose::own;
                        return {};
                      },
                      [&](const add_member& x) -> verdict {
                        if (role_of(x.who))
                          return errc::already_exists;
                        return is_above(own, x.role) ? verdict{} : not_above();
                      },
                      [&](const remove_member& x) { return on_member(x.who); },
                      [&](const change_role& x) -> verdict {
                        auto why = x.who == who && own != member_role::owner ? not_above() : on_member(x.who);
                        if (why)
                          return why;
                        if (role_of(x.who) == x.role)
                          return errc::already_exists;
                        if (role_of(x.who) == member_role::owner && count(member_role::owner) == 1)
                          return errc::last_owner;
                        return is_above(own, x.role) ? verdict{} : not_above();
                      },
                      [](const auto&) -> verdict { return {}; },
                    },
                    what);
}

// -- events -------------------------------------------------------------------

void room::apply(const event_ptr& what) {
  assert(what->seq == last_seq() + 1);
  info_.last_seq = what->seq;
  std::visit(overloaded{
               [&](const member_added& x) { admit(x.who, x.role); },
               [&](const role_changed& x) { admit(x.who, x.role); },
               [&](const member_removed& x) { forget(x.who); },
               [&](const room_changed& x) {
                 info_.name = x.name.value_or(info_.name);
                 info_.topic = x.topic.value_or(info_.topic);
                 info_.visibility = x.visibility.value_or(info_.visibility);
               },
               [&](const room_deleted&) { // nobody may hear it, nobody can tell that it was there
                 members_.clear();
                 counts_ = {};
                 info_.visibility = room_visibility::closed;
               },
               [](const auto&) {},
             },
             what->what);
  retain(what);
}

void room::retain(const event_ptr& what) {
  if (auto* deleted = std::get_if<message_deleted>(&what->what))
    redact(deleted->id);
  tail_.push_back(what);
  tail_bytes_ += weight(*what);
  while (!tail_.empty() && (tail_.size() > limits_.tail_operations_max || tail_bytes_ > limits_.tail_bytes_max)) {
    tail_bytes_ -= weight(*tail_.front());
    tail_after_ = tail_.front()->seq;
    tail_.pop_front();
  }
}

/// Whoever missed a message that is deleted since hears of its deletion only, and reads it in no quotation.
void room::redact(message_id deleted) {
  std::erase_if(tail_, [&](const event_ptr& x) {
    auto goes = message_of(*x) == deleted;
    if (goes)
      tail_bytes_ -= weight(*x);
    return goes;
  });
  for (auto& x : tail_) {
    auto* reply = std::get_if<message_posted>(&x->what);
    if (!reply || reply->reply_to != deleted)
      continue;
    auto without = *x;
    std::get<message_posted>(without.what).quoted = nullptr;
    tail_bytes_ -= weight(*x);
    x = std::make_shared<const event>(std::move(without));
    tail_bytes_ += weight(*x);
  }
}

std::optional<std::vector<event_ptr>> room::since(seqno seq) const {
  if (seq < tail_after_)
    return std::nullopt;
  auto missed = std::vector<event_ptr>{};
  for (const auto& what : tail_)
    if (what->seq > seq)
      missed.push_back(what);
  return missed;
}

} // namespace stentor
