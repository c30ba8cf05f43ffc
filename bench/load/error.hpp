#pragma once

#include <stdexcept>

namespace stentor::load {

/// Nothing can be measured: the server refused, closed or does not answer. The text is for the person at the terminal.
class load_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

} // namespace stentor::load
