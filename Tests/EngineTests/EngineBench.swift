import Configuration
import Contract
import Foundation
import GRDB
import JSON
import Journal
import Logging
import Synchronization

@testable import Gateway

/// The real engine on a real state directory, without links: a test puts in what they would.
///
/// One that does not run stands still after its start, for a test to move by hand, on its own thread.
final class EngineBench: Sendable {
  let folder: URL
  /// Safe to share: only its inbox is touched from here.
  let engine: Engine
  private let ended = DispatchSemaphore(value: 0)
  private let isRunning: Bool

  /// - Parameters:
  ///   - more: more of a configuration, ending in a line break.
  ///   - isClockTrusted: whether the kernel says that the wall clock is synchronized.
  init(adding more: String = "", isRunning: Bool = true, isClockTrusted: Bool = true) throws {
    self.isRunning = isRunning
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("engine-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let configuration = try Self.reload(folder, adding: more).configuration
    let store = try JournalStore(directory: configuration.gateway.stateDirectory)
    let clock = GatewayClock(
      boot: Int(try store.bootNumber(of: GatewayClock.bootID())), environment: [:],
      kernel: { isClockTrusted })
    let log = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
    let engine = Engine(
      configuration: configuration, clock: clock, store: store,
      loaded: try LoadedState(store), heartbeat: Heartbeat(directory: folder.path),
      outward: Outward(topics: Topics(gateway: "bench"), log: log), log: log)
    try engine.begin()
    self.engine = engine
    guard isRunning else { return }
    let ended = ended
    startThread("engine", stackBytes: 4 << 20) {
      engine.run()
      ended.signal()
    }
  }

  deinit {
    engine.inbox.close()
    if isRunning { ended.wait() }
    try? FileManager.default.removeItem(at: folder)
  }

  /// A bench's configuration as it is read again, in another time zone if asked.
  static func reload(
    _ folder: URL, timezone: String = "UTC", adding more: String = ""
  ) throws -> Reload {
    let text = """
      version: 1
      gateway: {id: bench, currency: USD, timezone: \(timezone), state_directory: \(folder.path)/state, commit_interval: 100ms}
      mqtt: {broker: "mqtt://127.0.0.1:1"}
      price_list:
        services: {delivery: {name: Delivery, price: 10.00, tax: none}}
        taxes: {none: {rate: 0%, category: Z}}
      customers: [{ref: acme}]

      """ + more
    let environment = ConfigurationEnvironment(
      credentialsDirectory: nil, configurationDirectory: folder.path)
    return Reload(
      configuration: try Configuration.read(
        Array(text.utf8), file: "bench.yaml", environment: environment, digest: SHA256.hexDigest
      ).get())
  }

  /// A second hand on the file, to break it and to look into it.
  func database() throws -> DatabaseQueue {
    try DatabaseQueue(path: folder.path + "/state/chargehand.sqlite")
  }

  /// Gives a command and waits for its outcome.
  func command(_ verb: String, _ payload: String) async -> CommandOutcome {
    await withCheckedContinuation { continuation in
      let request = CommandRequest(
        actor: "anna", verb: verb, payload: Array(payload.utf8), isRetained: false, replyPath: .direct
      ) { continuation.resume(returning: $0) }
      if !engine.inbox.put(.command(request)) { continuation.resume(returning: .failed) }
    }
  }

  func ask(_ subject: Question.Subject) async -> JSONValue {
    await withCheckedContinuation { continuation in
      let question = Question(subject: subject) { continuation.resume(returning: $0) }
      if !engine.inbox.put(.question(question)) { continuation.resume(returning: .null) }
    }
  }

  /// Brings an acknowledgment and waits whether it is committed.
  func acknowledge(_ payload: String) async -> Bool {
    await withCheckedContinuation { continuation in
      let message = BillingMessage(kind: .ack, payload: Array(payload.utf8)) {
        continuation.resume(returning: $0)
      }
      if !engine.inbox.put(.billing(message)) { continuation.resume(returning: false) }
    }
  }
}
