#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace stentor {

/// One room or several: `"a"`, `{"a", "b"}`, a text, or a vector of texts.
class room_names {
public:
  room_names(const char* one) : all_{one} {}
  room_names(std::string one) { all_.push_back(std::move(one)); }
  room_names(std::initializer_list<std::string> all) : all_(all) {}
  room_names(std::vector<std::string> all) : all_(std::move(all)) {}

  const std::vector<std::string>& all() const { return all_; }

private:
  std::vector<std::string> all_;
};

} // namespace stentor
