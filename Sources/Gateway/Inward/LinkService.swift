import MQTT
import ServiceLifecycle

/// Keeps a link going; at shutdown it says its last word.
struct LinkService: Service {
  let link: Link
  let handler: any LinkHandler
  let last: Publication?
  /// How long the last words may take.
  var graceMilliseconds: Int64 = 3000

  func run() async throws {
    try link.start(handler)
    try? await gracefulShutdown()
    // Stopping waits for the link's thread, so it must not happen on a thread of the cooperative pool.
    await onThread("stop-\(link.settings.name)", stackBytes: 128 << 10) {
      link.stop(graceMilliseconds: graceMilliseconds, last: last)
    }
  }
}

/// Keeps the links to the further brokers going. They are stopped side by side, since one after the other,
/// sixty-four that are looking up a name would take longer than systemd waits; and at once, for there is
/// nothing to say to them.
struct FurtherLinksService: Service {
  let links: [TelemetryLink]

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for telemetry in links {
        let service = LinkService(link: telemetry.link, handler: telemetry, last: nil, graceMilliseconds: 0)
        group.addTask { try await service.run() }
      }
      try await group.waitForAll()
    }
    // Without any it is not done either: a service that ends takes the daemon down.
    try? await gracefulShutdown()
  }
}
