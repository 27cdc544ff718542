// Stands in front of glibc's allocator and counts, for the one program that links it.

#include "CAllocations.h"

#include <stdatomic.h>
#include <stddef.h>

static atomic_ulong count;

unsigned long allocations(void) { return atomic_load_explicit(&count, memory_order_relaxed); }

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static void note(void) { atomic_fetch_add_explicit(&count, 1, memory_order_relaxed); }

void *malloc(size_t size) {
  note();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  note();
  return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
  note();
  return __libc_realloc(block, size);
}

#endif
