import Logging
import Measures
import ServiceLifecycle

/// Feeds systemd's watchdog only while every loop shows life.
struct WatchdogService: Service {
  /// One loop, and when it last showed life (BOOTTIME milliseconds).
  struct Loop: Sendable {
    let name: String
    let lastTick: @Sendable () -> Int64
  }

  /// A loop that showed no life for so long is stuck.
  static let patience = Span.seconds(10)

  let manager: ServiceManager
  let loops: [Loop]
  let log: Logger

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await watch()
    } onGracefulShutdown: {
      manager.stopping()
    }
  }

  private func watch() async throws {
    guard let interval = manager.watchdogInterval else {
      try? await gracefulShutdown()
      return
    }
    try? await cancelWhenGracefulShutdown {
      while true {
        feedIfAllAlive()
        try await Task.sleep(for: .milliseconds(interval.milliseconds))
      }
    }
  }

  private func feedIfAllAlive() {
    let now = GatewayClock.uptime().milliseconds
    let stuck = loops.filter { now - $0.lastTick() > Self.patience.milliseconds }
    guard stuck.isEmpty else {
      let names = stuck.map(\.name).joined(separator: ", ")
      log.error("no sign of life from \(names) for over \(Self.patience); the watchdog is not fed")
      return
    }
    manager.alive()
  }
}
