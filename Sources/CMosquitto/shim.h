#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <sys/eventfd.h>

/// A descriptor to wake a poll(2) by, which never blocks: Swift's Glibc module does not offer eventfd(2).
static inline int wake_descriptor(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
