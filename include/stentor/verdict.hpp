#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace stentor {

/// Whether a client may connect. To be said once, now or later, on any thread; what is said again, or too late, goes nowhere.
class verdict {
public:
  using function = std::function<void(std::optional<std::string> refusal)>;

  explicit verdict(function say) : say_(std::move(say)) {}

  void allow() const { say_(std::nullopt); }
  /// Its client hears a `connect_error`; over long-polling, the message is in `error.context.responseText`.
  void refuse(std::string message = "Forbidden") const { say_(std::move(message)); }

private:
  function say_;
};

} // namespace stentor
