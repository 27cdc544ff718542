import Foundation
import ServiceLifecycle

/// Runs the engine on its own thread; the first service to start and the last to stop.
struct EngineService: Service {
  let engine: Engine

  func run() async throws {
    await withGracefulShutdownHandler {
      await withCheckedContinuation { continuation in
        let thread = Thread {
          engine.run()
          continuation.resume()
        }
        thread.name = "engine"
        thread.stackSize = 4 << 20
        thread.start()
      }
    } onGracefulShutdown: {
      engine.inbox.close()
    }
  }
}
