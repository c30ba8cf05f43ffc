#include "actors/reader_actor.hpp"

#include "actors/errors.hpp"

namespace stentor {

reader_host::reader_host(handle::pointer, std::shared_ptr<store::database> db)
  : db_(std::move(db)), history_(std::make_unique<store::history>(*db_)) {
}

reader_host::handle::behavior_type reader_host::make_behavior() {
  return {
    [this](const resolve_room& what) { return answer(history_->resolve(what.room)); },
    [this](const load_room& what) { return answer(history_->load_room(what.room)); },
    [this](const read_history& what) { return answer(history_->read(what.room, what.which)); },
    [this](const find_user& what) {
      return answer(what.id ? history_->find_user(what.id) : history_->find_user(what.issuer, what.subject));
    },
    [this](const list_rooms& what) { return answer(history_->rooms_of(what.who)); },
    [this](const find_membership& what) { return answer(history_->room_of(what.who, what.room)); },
    [this](const read_members& what) { return answer(history_->members_of(what.room, what.which)); },
  };
}

} // namespace stentor
