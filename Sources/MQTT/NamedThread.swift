import Glibc

/// A thread of its own for blocking C calls, named so that `ps -L` tells what it is.
struct NamedThread: Sendable {
  private let thread: pthread_t

  /// - Parameters:
  ///   - name: cut to the 15 bytes Linux allows.
  ///   - body: runs once on the thread.
  /// - Returns: nil if the system refuses another thread.
  init?(_ name: String, _ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    // OpenSSL's handshake is the deepest caller; 512 KiB is several times what it needs.
    pthread_attr_setstacksize(&attributes, 512 * 1_024)
    let start = Unmanaged.passRetained(Start(name: String(name.utf8.prefix(15)) ?? "mqtt", body: body))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, &attributes,
      { raw in
        guard let raw else { return nil }
        Unmanaged<Start>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      }, start.toOpaque())
    if result != 0 {
      start.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits for its end; call at most once, and not with `detach`.
  func join() { pthread_join(thread, nil) }

  /// Lets it end unattended.
  func detach() { pthread_detach(thread) }

  private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }

    func run() {
      // Signals belong to the main thread; SIGPIPE above all, which the library's writes raise. Faults
      // stay open so that a crash is reported.
      var signals = sigset_t()
      sigfillset(&signals)
      for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
      pthread_sigmask(SIG_BLOCK, &signals, nil)
      // Swift's Glibc module has no pthread_setname_np.
      let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
      if file >= 0 {
        _ = write(file, name, name.utf8.count)
        close(file)
      }
      body()
    }
  }
}
