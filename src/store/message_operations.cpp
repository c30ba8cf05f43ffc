// What members do with messages: post, edit, delete, react.

#include "store/operation_row.hpp"
#include "store/operations.hpp"

namespace stentor::store {
namespace {

constexpr uint64_t reactions_max = 20; ///< of one user to one message

result<performed> done(happening what) {
  return performed{std::move(what)};
}

event_ptr make_event(const step& in, seqno seq, wall_time at, happening what) {
  return std::make_shared<const event>(event{in.room, seq, at, std::move(what), in.author->id});
}

message_posted make_message(const step& in, message_id id, const post_message& what, event_ptr quoted) {
  return {id, in.author, what.content, what.client_message_id, what.reply_to, std::move(quoted), {}, {}};
}

event_ptr quotation(const step& in, const post_message& what) {
  return what.reply_to ? in.db.quoted.find(*what.reply_to, in.room) : nullptr;
}

/// The answer to a key that the author has used before, if they have.
std::optional<result<performed>> retried(const step& in, const post_message& what) {
  if (what.client_message_id.empty())
    return {};
  auto stored = in.db.find_retry.one(in.room, in.author->id, what.client_message_id);
  if (!stored)
    return {};
  const auto& [id, seq, content, reply_to, at, deleted_at] = *stored;
  if (deleted_at)
    return errc::already_deleted;
  if (content != what.content || reply_to != what.reply_to)
    return errc::id_reused;
  return performed{make_event(in, seq, at, make_message(in, id, what, quotation(in, what)))};
}

/// The same for edits and deletions. `content` is empty for the latter.
std::optional<result<performed>> retried(const step& in, const std::string& client_op_id, happening what) {
  if (client_op_id.empty())
    return {};
  auto stored = in.db.find_operation.one(in.room, in.author->id, client_op_id);
  if (!stored)
    return {};
  const auto& [seq, at, kind, message, detail] = *stored;
  auto wanted = to_row(what);
  if (kind != wanted.kind || message != wanted.message)
    return failure{errc::id_reused, "clientOpId reused"};
  if (detail == wanted.detail)
    return performed{make_event(in, seq, at, std::move(what))};
  return detail ? failure{errc::id_reused, "clientOpId reused"} : failure{errc::message_not_found}; // erased with its message
}

/// Why an author's own message was not there to be changed.
failure why_not(const step& in, message_id message, errc once_deleted) {
  auto found = in.db.find_message.one(message, in.room);
  if (!found)
    return errc::message_not_found;
  return std::get<0>(*found) ? once_deleted : errc::not_the_author;
}

bool is_live(const step& in, message_id message) {
  auto found = in.db.find_message.one(message, in.room);
  return found && !std::get<0>(*found);
}

} // namespace

result<performed> perform(const step& in, const post_message& what) {
  if (auto answer = retried(in, what))
    return *answer;
  auto quoted = quotation(in, what);
  if (what.reply_to && !quoted)
    return failure{errc::message_not_found, "Original message not found or has been deleted"};
  auto id = message_id{in.ids.take()};
  auto key = what.client_message_id.empty() ? std::nullopt : std::optional(what.client_message_id);
  in.db.insert_message.run(id, in.room, in.seq, in.ordinal, in.author->id, key, what.content, what.reply_to, in.at);
  return done(make_message(in, id, what, std::move(quoted)));
}

result<performed> perform(const step& in, const edit_message& what) {
  auto edited = message_edited{what.id, what.content, what.client_op_id};
  if (auto answer = retried(in, what.client_op_id, edited))
    return *answer;
  in.db.keep_first_content.run(what.id, in.room, in.author->id);
  if (in.db.edit_message.run(what.content, in.at, what.id, in.room, in.author->id) == 0)
    return why_not(in, what.id, errc::message_not_found);
  return done(std::move(edited));
}

result<performed> perform(const step& in, const delete_message& what) {
  auto deleted = message_deleted{what.id, what.client_op_id};
  if (auto answer = retried(in, what.client_op_id, deleted))
    return *answer;
  if (in.db.delete_message.run(in.at, what.id, in.room, in.author->id, what.reach == whose::anyones) == 0)
    return why_not(in, what.id, errc::already_deleted);
  in.db.erase_edits.run(what.id);
  in.db.erase_first_content.run(in.room, what.id);
  in.db.erase_reactions.run(what.id);
  in.db.count_deleted.run(in.room);
  return done(std::move(deleted));
}

result<performed> perform(const step& in, const add_reaction& what) {
  if (!is_live(in, what.message))
    return errc::message_not_found;
  if (auto stored = in.db.find_reaction.one(what.message, in.author->id, what.emoji)) {
    const auto& [id, seq, at] = *stored;
    return performed{make_event(in, seq, at, reaction_added{what.message, {id, what.emoji, in.author, at}})};
  }
  if (std::get<0>(in.db.count_reactions.one(what.message, in.author->id).value()) >= reactions_max)
    return failure{errc::forbidden, "Too many reactions to this message"};
  auto id = reaction_id{in.ids.take()};
  in.db.insert_reaction.run(what.message, in.author->id, what.emoji, id, in.seq, in.at);
  return done(reaction_added{what.message, {id, what.emoji, in.author, in.at}});
}

result<performed> perform(const step& in, const remove_reaction& what) {
  if (!is_live(in, what.message))
    return errc::message_not_found;
  if (in.db.delete_reaction.run(what.message, in.author->id, what.emoji) == 0)
    return failure{errc::message_not_found, "Reaction not found"};
  return done(reaction_removed{what.message, what.emoji});
}

} // namespace stentor::store
