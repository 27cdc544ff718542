import Foundation

/// Runs something that blocks on a named thread of its own, and waits for it without blocking anybody: the
/// cooperative pool has only as many threads as there are cores.
func onThread(_ name: String, stackBytes: Int, _ body: @escaping @Sendable () -> Void) async {
  await withCheckedContinuation { continuation in
    let thread = Thread {
      body()
      continuation.resume()
    }
    thread.name = name
    thread.stackSize = stackBytes
    thread.start()
  }
}
