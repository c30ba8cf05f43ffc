#include "actors/reader_actor.hpp"

#include "actors/errors.hpp"
#include "actors/reader_pool.hpp"

namespace stentor {
namespace {

caf::result<user_list> as_list(result<std::vector<user_id>> found) {
  if (!found)
    return to_error(found.error());
  return user_list{*std::move(found)};
}

/// One less waits.
template <class Answer>
Answer answered(Answer what) {
  reads_waiting().add(-1);
  return what;
}

} // namespace

reader_host::reader_host(handle::pointer, std::shared_ptr<store::database> db)
  : db_(std::move(db)), history_(std::make_unique<store::history>(*db_)), counter_(std::make_unique<store::counter>(*db_)) {
}

reader_host::handle::behavior_type reader_host::make_behavior() {
  return {
    [this](const resolve_room& what) { return answered(answer(history_->resolve(what.room))); },
    [this](const load_room& what) { return answered(answer(history_->load_room(what.room))); },
    [this](const read_history& what) { return answered(answer(history_->read(what.room, what.which))); },
    [this](const store::claimed_identity& what) { return answered(answer(history_->identify(what))); },
    [this](const find_credentials& what) { return answered(answer(history_->find_credentials(what.identifier))); },
    [this](const find_users& what) { return answered(answer(history_->find_users(what.ids))); },
    [this](const search_users& what) { return answered(answer(history_->search_users(what.text, what.limit))); },
    [this](const find_acquaintances& what) { return answered(on_find_acquaintances(what)); },
    [this](const find_known& what) { return answered(as_list(history_->known_to(what.asker, what.whom))); },
    [this](const find_members& what) { return answered(as_list(history_->members_for(what.asker, what.room))); },
    [this](const list_rooms& what) { return answered(answer(history_->rooms_of(what.who))); },
    [this](const count_all&) { return answered(answer(counter_->count())); },
    [this](const find_membership& what) { return answered(answer(history_->room_of(what.who, what.room))); },
    [this](const read_members& what) { return answered(answer(history_->members_of(what.room, what.which))); },
  };
}

caf::result<user_lists> reader_host::on_find_acquaintances(const find_acquaintances& what) {
  auto lists = user_lists{};
  for (auto who : what.of) {
    auto found = history_->acquaintances_of(who, what.room_members_max);
    if (!found)
      return to_error(found.error());
    lists.of.push_back({*std::move(found)});
  }
  return lists;
}

} // namespace stentor
