#pragma once

// A real database in a directory that ends with the test.

#include "store/database.hpp"
#include "store/history.hpp"
#include "store/journal.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

#include <stdlib.h>

namespace stentor {

class temp_store {
public:
  temp_store() {
    auto name = (std::filesystem::temp_directory_path() / "stentor-test-XXXXXX").string();
    if (!mkdtemp(name.data()))
      throw std::runtime_error("no directory for a test's database");
    directory_ = name;
    if (auto version = open()->migrate(); !version)
      throw std::runtime_error(version.error().detail);
  }
  ~temp_store() {
    auto ignored = std::error_code{};
    std::filesystem::remove_all(directory_, ignored);
  }
  temp_store(const temp_store&) = delete;

  /// A connection of its own; does not wait for locks.
  std::shared_ptr<store::database> open(store::database::access how = store::database::access::read_write) const {
    auto db = store::database::open("sqlite://" + path().string(), how, std::chrono::milliseconds{0});
    if (!db)
      throw std::runtime_error(db.error().detail);
    return std::make_shared<store::database>(*std::move(db));
  }
  std::shared_ptr<store::database> open_to_read() const { return open(store::database::access::read_only); }

  /// How many transactions the write-ahead log holds. https://www.sqlite.org/fileformat.html#the_write_ahead_log
  size_t commits() const {
    constexpr size_t log_header_bytes = 32, frame_header_bytes = 24;
    auto file = std::ifstream{path().string() + "-wal", std::ios::binary};
    auto log = std::string{std::istreambuf_iterator<char>{file}, {}};
    if (log.size() < log_header_bytes)
      return 0;
    auto page_bytes = number_at(log, 8);
    auto salt = log.substr(16, 8);
    size_t found = 0;
    for (auto at = log_header_bytes; at + frame_header_bytes <= log.size() && log.compare(at + 8, 8, salt) == 0;
         at += frame_header_bytes + page_bytes)
      found += number_at(log, at + 4) != 0; // the size of the database: in the last frame of a transaction only
    return found;
  }

private:
  std::filesystem::path path() const { return directory_ / "stentor.db"; }
  static uint32_t number_at(const std::string& bytes, size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i)
      value = value << 8 | static_cast<unsigned char>(bytes.at(at + i));
    return value;
  }

  std::filesystem::path directory_;
};

} // namespace stentor
