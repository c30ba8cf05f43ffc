// What happens to a room and its members. Whether it may happen was decided by the room.

#include "store/operations.hpp"

namespace stentor::store {
namespace {

result<performed> done(happening what) {
  return performed{std::move(what)};
}

std::optional<member_role> role_of(const step& in, user_id who) {
  auto stored = in.db.find_role.one(in.room, who);
  return stored ? std::optional(std::get<0>(*stored)) : std::nullopt;
}

} // namespace

result<performed> perform(const step& in, const add_member& what) {
  auto role = what.role;
  auto stored = role_of(in, what.who);
  if (stored == role)
    return failure{errc::already_exists, "Already a member"};
  if (!stored && !in.db.find_account.one(what.who))
    return failure{errc::not_found, "User not found"};
  if (in.db.forget_mute.run(in.room, what.who) > 0 && what.who == in.author->id)
    role = member_role::muted;
  in.db.put_member.run(in.room, what.who, role, in.seq);
  return done(member_added{what.who, role});
}

result<performed> perform(const step& in, const remove_member& what) {
  auto role = role_of(in, what.who);
  if (!role)
    return failure{errc::not_found, "Not a member"};
  if (role == member_role::muted)
    in.db.keep_mute.run(in.room, what.who);
  in.db.delete_member.run(in.room, what.who);
  return done(member_removed{what.who});
}

result<performed> perform(const step& in, const change_role& what) {
  if (in.db.change_role.run(what.role, in.room, what.who) == 0)
    return failure{errc::not_found, "Not a member"};
  return done(role_changed{what.who, what.role});
}

result<performed> perform(const step& in, const change_room& what) {
  in.db.change_room.run(what.name, what.topic, what.visibility, in.room);
  return done(room_changed{what.name, what.topic, what.visibility});
}

result<performed> perform(const step& in, const delete_room&) {
  in.db.delete_room.run(in.at, in.room);
  in.db.delete_members.run(in.room);
  return done(room_deleted{});
}

} // namespace stentor::store
