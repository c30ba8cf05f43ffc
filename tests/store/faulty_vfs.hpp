#pragma once

#include <memory>

namespace stentor::store {

/// A file system for SQLite that fails when told to: the system's own with faults in front, and the default of this process while
/// it lives. Only files opened meanwhile pass through it; all of them must be closed before it goes.
class faulty_vfs {
public:
  enum class fault { io_error, disk_full, short_write, failed_sync };
  enum class lasting { once, until_healed };

  faulty_vfs();
  faulty_vfs(const faulty_vfs&) = delete;
  faulty_vfs& operator=(const faulty_vfs&) = delete;
  ~faulty_vfs();

  /// Lets the `n`-th call from now fail that the fault can befall: every write, truncation and sync, or the syncs only.
  void fail_at(int n, fault how, lasting how_long);
  void heal();
  /// Faults since the last `fail_at`.
  int faults() const;

  struct impl;

private:
  std::unique_ptr<impl> impl_;
};

} // namespace stentor::store
