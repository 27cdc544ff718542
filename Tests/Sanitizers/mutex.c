// Shows the thread sanitizer what a contended Mutex of Swift's Synchronization does.
//
// The quick way through that lock is compiled into whoever takes it, where the sanitizer sees it. The slow way,
// where threads wait for each other in the kernel (FUTEX_LOCK_PI), is in libswiftSynchronization, which is not
// instrumented: there everything that a Mutex protects would be reported as a race. Suppressions would have to name
// everything that is protected, and so would hide the real ones. So this object, linked into the sanitized programs
// by scripts/torture.sh, puts itself before those two functions and tells the sanitizer what they have done.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

// Of the sanitizer's runtime; missing in the compiler's own tools, which are linked with the same options.
__attribute__((weak)) extern void __tsan_acquire(void *address);
__attribute__((weak)) extern void __tsan_release(void *address);

// Swift's calling convention: the lock itself comes as `self`.
typedef __attribute__((swiftcall)) void Lock(uint32_t thread, __attribute__((swift_context)) void *mutex);
typedef __attribute__((swiftcall)) void Unlock(__attribute__((swift_context)) void *mutex);

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

static void *real(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  // Another version of Swift: the names above have to follow.
  if (function == NULL) abort();
  return function;
}

__attribute__((swiftcall)) void lock_slow(uint32_t thread, __attribute__((swift_context)) void *mutex)
  __asm__(LOCK_SLOW);
__attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) void *mutex) __asm__(UNLOCK_SLOW);

__attribute__((swiftcall)) void lock_slow(uint32_t thread, __attribute__((swift_context)) void *mutex) {
  static Lock *next;
  if (next == NULL) next = (Lock *)real(LOCK_SLOW);
  next(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) void *mutex) {
  static Unlock *next;
  if (next == NULL) next = (Unlock *)real(UNLOCK_SLOW);
  if (__tsan_release) __tsan_release(mutex);
  next(mutex);
}
