import ServiceLifecycle

/// Lets time pass for devices that say nothing.
struct AgingService: Service {
  let links: [TelemetryLink]

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while true {
        try await Task.sleep(for: .seconds(1))
        for link in links { link.timePasses() }
      }
    }
  }
}
