#pragma once

#include "net/interface.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>

namespace stentor {

/// Something to be done on a worker.
struct work {
  std::shared_ptr<const std::function<void()>> run;
};
/// Nothing comes behind it.
struct end_of_work {};

/// WORK QUEUE: does work on CAF's workers, one piece after the other. What a piece throws is logged and counted.
using work_queue = caf::typed_actor<
  // Do it when everything before it is done.
  caf::reacts_to<work>,
  // End.
  caf::reacts_to<end_of_work>>;

work_queue make_work_queue(caf::actor_system& system);
/// Any thread. Of a queue that has ended, nothing is done.
void enqueue(const work_queue& queue, std::function<void()> what);
/// The same, but if `queue` ends before it is done, it is done by `other`.
void enqueue(const work_queue& queue, const work_queue& other, std::function<void()> what);
/// Does `what` as the last piece.
void finish(const work_queue& queue, std::function<void()> what);

} // namespace stentor

CAF_BEGIN_TYPE_ID_BLOCK(stentor_library, caf::id_block::stentor_net::end)
CAF_ADD_TYPE_ID(stentor_library, (stentor::work))
CAF_ADD_TYPE_ID(stentor_library, (stentor::end_of_work))
CAF_ADD_TYPE_ID(stentor_library, (stentor::work_queue))
CAF_END_TYPE_ID_BLOCK(stentor_library)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::work)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stentor::end_of_work)
