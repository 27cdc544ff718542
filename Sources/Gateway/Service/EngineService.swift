import ServiceLifecycle

/// Runs the engine on its own thread; the first service to start and the last to stop.
struct EngineService: Service {
  let engine: Engine

  func run() async throws {
    await withGracefulShutdownHandler {
      await onThread("engine", stackBytes: 4 << 20) { engine.run() }
    } onGracefulShutdown: {
      engine.inbox.close()
    }
  }
}
