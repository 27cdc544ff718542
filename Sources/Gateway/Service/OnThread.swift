import CLinux
import Foundation

/// Runs something that blocks on a named thread of its own, and waits for it without blocking anybody: the
/// cooperative pool has only as many threads as there are cores.
func onThread(_ name: String, stackBytes: Int, _ body: @escaping @Sendable () -> Void) async {
  await withCheckedContinuation { continuation in
    startThread(name, stackBytes: stackBytes) {
      body()
      continuation.resume()
    }
  }
}

/// - Parameter name: of which the kernel keeps 15 bytes.
func startThread(_ name: String, stackBytes: Int, _ body: @escaping @Sendable () -> Void) {
  let thread = Thread {
    // Foundation keeps a name to itself that was set before the thread started.
    name_this_thread(name)
    body()
  }
  thread.stackSize = stackBytes
  thread.start()
}
