// What Linux offers and Swift's Glibc module does not.
#include <grp.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/types.h>

#ifndef SO_PEERCRED
#define SO_PEERCRED 17
#endif

/// A descriptor to wake a poll(2) by, which never blocks.
static inline int wake_descriptor(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

/// Whether the kernel considers the wall clock synchronized: 1, 0, or -1 with errno when it may not be asked.
static inline int clock_is_synchronized(void) {
  struct timex state = {0};
  int result = adjtimex(&state);
  if (result < 0) return -1;
  return result != TIME_ERROR && !(state.status & STA_UNSYNC);
}

/// Who is at the other end of a Unix socket, by the kernel's word. 0 on success.
static inline int peer_credentials(int descriptor, uid_t *user, gid_t *group) {
  // struct ucred, which glibc hides without _GNU_SOURCE; its layout is the kernel's.
  struct { pid_t pid; uid_t uid; gid_t gid; } peer;
  socklen_t size = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
  *user = peer.uid;
  *group = peer.gid;
  return 0;
}

/// What `ps -L` and `top -H` call the thread that calls this: at most 15 bytes.
static inline void name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

/// Two dozen threads would otherwise each keep a heap of their own.
static inline void keep_heaps_few(void) { mallopt(M_ARENA_MAX, 2); }

/// Hands heap that was freed back to the system.
static inline void give_freed_heap_back(void) { malloc_trim(0); }
