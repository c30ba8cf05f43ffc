#include "store/operation_row.hpp"

#include "base/json.hpp"
#include "base/overloaded.hpp"

namespace stentor::store {
namespace {

std::optional<std::string> nullable(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::string detail_of(const room_changed& what) {
  auto detail = json::object();
  if (what.name)
    detail["name"] = *what.name;
  if (what.topic)
    detail["topic"] = *what.topic;
  if (what.visibility)
    detail["visibility"] = static_cast<int>(*what.visibility);
  return detail.dump();
}

room_changed changed_from(const std::string& detail) {
  auto fields = json::parse(detail, nullptr, false);
  if (!fields.is_object())
    throw soci::soci_error("a change of a room that cannot be read");
  auto what = room_changed{};
  if (fields.contains("name"))
    what.name = fields["name"].get<std::string>();
  if (fields.contains("topic"))
    what.topic = fields["topic"].get<std::string>();
  if (fields.contains("visibility"))
    what.visibility = column<room_visibility>::get(fields["visibility"].get<int>());
  return what;
}

} // namespace

operation_row to_row(const happening& what) {
  auto row = std::visit(
    overloaded{
      [](const message_posted& x) { return operation_row{.message = x.id}; },
      [](const member_added& x) { return operation_row{.user = x.who, .role = x.role}; },
      [](const message_edited& x) { return operation_row{.message = x.id, .detail = x.content, .client_op_id = nullable(x.client_op_id)}; },
      [](const message_deleted& x) { return operation_row{.message = x.id, .client_op_id = nullable(x.client_op_id)}; },
      [](const reaction_added& x) { return operation_row{.message = x.message, .detail = x.what.emoji, .reaction = x.what.id}; },
      [](const reaction_removed& x) { return operation_row{.message = x.message, .detail = x.emoji}; },
      [](const member_removed& x) { return operation_row{.user = x.who}; },
      [](const role_changed& x) { return operation_row{.user = x.who, .role = x.role}; },
      [](const room_changed& x) { return operation_row{.detail = detail_of(x)}; },
      [](const room_deleted&) { return operation_row{}; },
    },
    what);
  row.kind = static_cast<operation_kind>(what.index());
  return row;
}

happening from_row(operation_row row, const user_ptr& by, wall_time at) {
  switch (static_cast<size_t>(row.kind)) {
    case kind_of<member_added>: return member_added{required(row.user), required(row.role)};
    case kind_of<message_edited>: return message_edited{required(row.message), required(row.detail), row.client_op_id.value_or("")};
    case kind_of<message_deleted>: return message_deleted{required(row.message), row.client_op_id.value_or("")};
    case kind_of<reaction_added>: return reaction_added{required(row.message), {required(row.reaction), required(row.detail), by, at}};
    case kind_of<reaction_removed>: return reaction_removed{required(row.message), required(row.detail)};
    case kind_of<member_removed>: return member_removed{required(row.user)};
    case kind_of<role_changed>: return role_changed{required(row.user), required(row.role)};
    case kind_of<room_changed>: return changed_from(required(row.detail));
    case kind_of<room_deleted>: return room_deleted{};
    default: throw soci::soci_error("an operation that names nothing");
  }
}

} // namespace stentor::store
