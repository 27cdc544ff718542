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
final class EngineBench: Sendable {
  let folder: URL
  /// Safe to share: only its inbox is touched from here.
  let engine: Engine
  private let ended = DispatchSemaphore(value: 0)

  /// - Parameter more: more of a configuration, ending in a line break.
  init(adding more: String = "") throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("engine-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let text = """
      version: 1
      gateway: {id: bench, currency: USD, state_directory: \(folder.path)/state, commit_interval: 100ms}
      mqtt: {broker: "mqtt://127.0.0.1:1"}
      price_list:
        services: {delivery: {name: Delivery, price: 10.00, tax: none}}
        taxes: {none: {rate: 0%, category: Z}}
      customers: [{ref: acme}]

      """ + more
    let environment = ConfigurationEnvironment(
      credentialsDirectory: nil, configurationDirectory: folder.path)
    let configuration = try Configuration.read(
      Array(text.utf8), file: "bench.yaml", environment: environment, digest: SHA256.hexDigest
    ).get()
    let store = try JournalStore(directory: configuration.gateway.stateDirectory)
    let clock = GatewayClock(
      boot: Int(try store.bootNumber(of: GatewayClock.bootID())), environment: [:], kernel: { true })
    let log = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
    let engine = Engine(
      configuration: configuration, clock: clock, store: store,
      loaded: try LoadedState(store), heartbeat: Heartbeat(directory: folder.path),
      outward: Outward(topics: Topics(gateway: "bench"), log: log), log: log)
    try engine.begin()
    self.engine = engine
    let ended = ended
    startThread("engine", stackBytes: 4 << 20) {
      engine.run()
      ended.signal()
    }
  }

  deinit {
    engine.inbox.close()
    ended.wait()
    try? FileManager.default.removeItem(at: folder)
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
