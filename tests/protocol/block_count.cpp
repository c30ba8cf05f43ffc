#include "protocol/block_count.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<long> blocks = 0;
}

void* operator new(size_t size) {
  if (auto block = std::malloc(size)) {
    ++blocks;
    return block;
  }
  throw std::bad_alloc{};
}

void operator delete(void* block) noexcept {
  blocks -= block != nullptr;
  std::free(block);
}

void operator delete(void* block, size_t) noexcept {
  operator delete(block);
}

long stentor::blocks_in_use() {
  return blocks;
}
