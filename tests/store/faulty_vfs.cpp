#include "faulty_vfs.hpp"

#include <sqlite3.h>

namespace stentor::store {

struct faulty_vfs::impl {
  sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
  sqlite3_vfs own = *system;
  int calls_left = 0; ///< 0: no fault is set
  fault how = fault::io_error;
  lasting how_long = lasting::once;
  int faults = 0;
  bool is_failing = false;

  bool befalls(bool is_sync) {
    if (how == fault::failed_sync && !is_sync)
      return false;
    if (calls_left > 0 && --calls_left == 0)
      is_failing = true;
    if (!is_failing)
      return false;
    is_failing = how_long == lasting::until_healed;
    ++faults;
    return true;
  }

  int code(int io_error) const { return how == fault::disk_full ? SQLITE_FULL : io_error; }
};

namespace {

/// SQLite's handle of one of our files; the system's handle lies behind it.
struct file {
  sqlite3_file head;
  faulty_vfs::impl* owner;
};

file& self(sqlite3_file* any) {
  return *reinterpret_cast<file*>(any);
}

sqlite3_file* real(sqlite3_file* any) {
  return reinterpret_cast<sqlite3_file*>(&self(any) + 1);
}

int write(sqlite3_file* any, const void* data, int size, sqlite3_int64 at) {
  auto& owner = *self(any).owner;
  if (!owner.befalls(false))
    return real(any)->pMethods->xWrite(real(any), data, size, at);
  if (owner.how == faulty_vfs::fault::short_write)
    real(any)->pMethods->xWrite(real(any), data, size / 2, at);
  return owner.code(SQLITE_IOERR_WRITE);
}

int truncate(sqlite3_file* any, sqlite3_int64 size) {
  auto& owner = *self(any).owner;
  return owner.befalls(false) ? owner.code(SQLITE_IOERR_TRUNCATE) : real(any)->pMethods->xTruncate(real(any), size);
}

int sync(sqlite3_file* any, int flags) {
  auto& owner = *self(any).owner;
  return owner.befalls(true) ? owner.code(SQLITE_IOERR_FSYNC) : real(any)->pMethods->xSync(real(any), flags);
}

int close(sqlite3_file* any) {
  return real(any)->pMethods->xClose(real(any));
}

int read(sqlite3_file* any, void* data, int size, sqlite3_int64 at) {
  return real(any)->pMethods->xRead(real(any), data, size, at);
}

int file_size(sqlite3_file* any, sqlite3_int64* size) {
  return real(any)->pMethods->xFileSize(real(any), size);
}

int lock(sqlite3_file* any, int level) {
  return real(any)->pMethods->xLock(real(any), level);
}

int unlock(sqlite3_file* any, int level) {
  return real(any)->pMethods->xUnlock(real(any), level);
}

int check_reserved_lock(sqlite3_file* any, int* answer) {
  return real(any)->pMethods->xCheckReservedLock(real(any), answer);
}

int file_control(sqlite3_file* any, int operation, void* argument) {
  return real(any)->pMethods->xFileControl(real(any), operation, argument);
}

int sector_size(sqlite3_file* any) {
  return real(any)->pMethods->xSectorSize(real(any));
}

int device_characteristics(sqlite3_file* any) {
  return real(any)->pMethods->xDeviceCharacteristics(real(any));
}

int shm_map(sqlite3_file* any, int page, int page_size, int extend, void volatile** memory) {
  return real(any)->pMethods->xShmMap(real(any), page, page_size, extend, memory);
}

int shm_lock(sqlite3_file* any, int offset, int count, int flags) {
  return real(any)->pMethods->xShmLock(real(any), offset, count, flags);
}

void shm_barrier(sqlite3_file* any) {
  real(any)->pMethods->xShmBarrier(real(any));
}

int shm_unmap(sqlite3_file* any, int is_last) {
  return real(any)->pMethods->xShmUnmap(real(any), is_last);
}

constexpr sqlite3_io_methods methods = {
  2,
  close,
  read,
  write,
  truncate,
  sync,
  file_size,
  lock,
  unlock,
  check_reserved_lock,
  file_control,
  sector_size,
  device_characteristics,
  shm_map,
  shm_lock,
  shm_barrier,
  shm_unmap,
  nullptr,
  nullptr,
};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* any, int flags, int* flags_out) {
  auto* owner = static_cast<faulty_vfs::impl*>(vfs->pAppData);
  self(any) = {{nullptr}, owner};
  auto code = owner->system->xOpen(owner->system, name, real(any), flags, flags_out);
  if (code == SQLITE_OK)
    self(any).head.pMethods = &methods;
  return code;
}

} // namespace

faulty_vfs::faulty_vfs() : impl_(std::make_unique<impl>()) {
  impl_->own.zName = "faulty";
  impl_->own.pNext = nullptr;
  impl_->own.pAppData = impl_.get();
  impl_->own.szOsFile = static_cast<int>(sizeof(file)) + impl_->system->szOsFile;
  impl_->own.xOpen = open;
  sqlite3_vfs_register(&impl_->own, 1);
}

faulty_vfs::~faulty_vfs() {
  sqlite3_vfs_unregister(&impl_->own);
  sqlite3_vfs_register(impl_->system, 1);
}

void faulty_vfs::fail_at(int n, fault how, lasting how_long) {
  heal();
  impl_->calls_left = n;
  impl_->how = how;
  impl_->how_long = how_long;
  impl_->faults = 0;
}

void faulty_vfs::heal() {
  impl_->calls_left = 0;
  impl_->is_failing = false;
}

int faulty_vfs::faults() const {
  return impl_->faults;
}

} // namespace stentor::store
