#include "chat/room.hpp"

#include "base/overloaded.hpp"

#include <cassert>

namespace stentor {
namespace {

/// What an event weighs in the tail, in bytes.
size_t weight(const event& what) {
  auto* message = std::get_if<message_posted>(&what.what);
  return sizeof(event) + (message ? message->content.size() : 0);
}

} // namespace

std::optional<member_role> room::role_of(user_id who) const {
  auto found = members_.find(who);
  return found == members_.end() ? std::nullopt : std::optional{found->second};
}

result<member_role> room::may_hear(user_id who) const {
  auto role = role_of(who);
  if (!role)
    return info_.visibility == room_visibility::open ? errc::not_a_member : errc::not_found;
  if (*role == member_role::banned)
    return errc::forbidden;
  return *role;
}

result<operation> room::decide(user_id who, operation what) const {
  auto role = role_of(who);
  auto verdict =
    std::visit(overloaded{
                 [&](const post_message& x) -> result<member_role> {
                   if (x.content.size() > limits_.message_bytes_max)
                     return failure{errc::too_large, "The message is longer than " + std::to_string(limits_.message_bytes_max) + " bytes"};
                   auto heard = may_hear(who);
                   if (heard && *heard == member_role::muted)
                     return failure{errc::forbidden, "You are muted in this room"};
                   return heard;
                 },
                 [&](const add_member& x) -> result<member_role> {
                   if (x.who != who || x.role != member_role::member)
                     return errc::forbidden;
                   if (role)
                     return *role == member_role::banned ? errc::forbidden : errc::already_exists;
                   return info_.visibility == room_visibility::open ? result<member_role>{x.role} : errc::not_found;
                 },
               },
               what);
  if (!verdict)
    return verdict.error();
  return what;
}

void room::apply(const event_ptr& what) {
  assert(what->seq == last_seq() + 1);
  info_.last_seq = what->seq;
  if (auto* added = std::get_if<member_added>(&what->what))
    admit(added->who, added->role);
  tail_.push_back(what);
  tail_bytes_ += weight(*what);
  while (tail_.size() > limits_.tail_operations_max || (tail_bytes_ > limits_.tail_bytes_max && !tail_.empty())) {
    tail_bytes_ -= weight(*tail_.front());
    tail_.pop_front();
  }
}

std::optional<std::vector<event_ptr>> room::since(seqno seq) const {
  if (!reaches(seq))
    return std::nullopt;
  auto missed = std::vector<event_ptr>{};
  for (const auto& what : tail_)
    if (what->seq > seq)
      missed.push_back(what);
  return missed;
}

} // namespace stentor
