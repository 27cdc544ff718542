import Contract
import Foundation
public import JSON
public import Journal
import MQTT
public import ShopSimulator
import Synchronization

/// A simulated shop with the real daemon in it, as a child that a test may end in every way there is.
public final class PlayedShop: Sendable {
  public let shop: SimulatedShop
  public let panel: BrokerClient
  public let configurationPath: String
  private let child = Mutex<ChildProgram?>(nil)
  private let readers = Mutex(0)

  init(
    edit: @Sendable (String) -> String, broker: PrivateBroker.Options,
    decide: @escaping @Sendable (SimulatedBilling.Delivery) -> SimulatedBilling.Answer
  ) async throws {
    shop = try await SimulatedShop(broker: broker, digest: { SHA256.hexDigest($0) }, decide: decide)
    panel = shop.panel()
    configurationPath = shop.folder["chargehand.yaml"]
    try shop.folder.write(edit(configurationText), to: "chargehand.yaml")
    try await panel.connected()
  }

  /// The configuration as it is written before a test changes it.
  ///
  /// A pseudo terminal has no parity: asked for it again after a `kill -9` has left it set, the C library says that
  /// nothing of what was wanted could be done. A real line has it.
  public var configurationText: String {
    shop.configuration.text.replacing("parity: even", with: "parity: none")
  }

  // MARK: The daemon

  /// Starts the daemon without waiting for anything.
  /// - Parameter environment: variables beside those of this process.
  public func launch(environment: [String: String] = [:]) throws {
    let program = try ChildProgram(
      [try Program.path(), "run", "--config", configurationPath, "--log-level", "info"],
      log: shop.folder["gateway.log"], environment: environment)
    child.withLock { $0 = program }
  }

  /// Starts the daemon and waits until it says that it is online.
  public func start(environment: [String: String] = [:]) async throws {
    let before = panel.latestPayload(of: shop.topics.status)
    try launch(environment: environment)
    try await panel.state(of: shop.topics.status, "a gateway that is newly online", within: .seconds(20)) {
      $0.payload != before && $0.string("state") == "online"
    }
  }

  public var daemon: ChildProgram? { child.withLock { $0 } }

  /// SIGKILL; returns when it is gone.
  public func kill() async throws { try await daemon?.kill() }

  /// SIGTERM.
  /// - Returns: the exit status.
  @discardableResult
  public func stop(within limit: Duration = .seconds(10)) async throws -> Int32 {
    guard let daemon else { return 0 }
    daemon.send(signal: SIGTERM)
    return try await daemon.waitUntilEnded(within: limit)
  }

  public var log: String { (try? String(contentsOfFile: shop.folder["gateway.log"], encoding: .utf8)) ?? "" }

  /// Waits until the daemon's log holds a text; it has no other way to tell.
  public func logged(_ text: String, times: Int = 1, within limit: Duration = .seconds(10)) async throws {
    let end = ContinuousClock.now + limit
    while log.count(text) < times {
      guard ContinuousClock.now < end else {
        throw PlayedShopError("the log never said: \(text)\n\(logTail)")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  public var logTail: String { log.split(separator: "\n").suffix(25).joined(separator: "\n") }

  // MARK: Looking

  /// Runs the program with another subcommand to its end.
  public func tool(_ arguments: String...) async throws -> (status: Int32, output: String) {
    let number = readers.withLock { count in
      count += 1
      return count
    }
    let program = try ChildProgram(
      [try Program.path()] + arguments + ["--config", configurationPath],
      log: shop.folder["tool-\(number).txt"])
    let status = try await program.waitUntilEnded(within: .seconds(60))
    return (status, program.log)
  }

  public var stateDirectory: String { shop.folder["state"] }

  public func journal() throws -> JournalReader { try JournalReader(directory: stateDirectory) }

  /// Waits until a work center's published state is as wanted.
  @discardableResult
  public func workCenter(
    _ id: String, _ what: String, within limit: Duration = .seconds(15),
    where fits: @escaping @Sendable (JSONValue) -> Bool
  ) async throws -> JSONValue {
    try await state("work-center/\(id)", what, within: limit, where: fits)
  }

  /// Waits until a published state is as wanted.
  @discardableResult
  public func state(
    _ path: String, _ what: String, within limit: Duration = .seconds(15),
    where fits: @escaping @Sendable (JSONValue) -> Bool
  ) async throws -> JSONValue {
    let message = try await panel.state(of: "\(shop.topics.prefix)state/\(path)", what, within: limit) {
      message in
      message.json.map(fits) ?? false
    }
    return message.json ?? .null
  }

  /// Waits until every machine is heard and every scale is stable.
  public func everythingHeard(within limit: Duration = .seconds(30)) async throws {
    for place in ["printer-1", "mill-1"] {
      try await workCenter(place, "\(place) idle", within: limit) { $0["run_state"]?.string == "idle" }
    }
    for scale in ["spool-scale-1", "scale-2"] {
      try await state("device/\(scale)", "a stable weight", within: limit) {
        $0["online"]?.bool == true && $0["channels"]?["weight"]?["stable"]?.bool == true
      }
    }
  }

  func close(removingFolder: Bool) async {
    try? await daemon?.kill()
    panel.close()
    try? await shop.close(removingFolder: removingFolder)
  }
}

/// Plays in a shop of its own, and cleans up behind whatever happened.
/// - Parameters:
///   - edit: changes the text of the configuration.
///   - starts: whether the daemon runs when `body` begins.
///   - decide: what billing does about a delivery.
public func withShop(
  edit: @Sendable (String) -> String = { $0 }, starts: Bool = true,
  broker: PrivateBroker.Options = PrivateBroker.Options(),
  decide: @escaping @Sendable (SimulatedBilling.Delivery) -> SimulatedBilling.Answer = { _ in .accept },
  _ body: (PlayedShop) async throws -> Void
) async throws {
  let played = try await PlayedShop(edit: edit, broker: broker, decide: decide)
  do {
    if starts { try await played.start() }
    try await body(played)
    await played.close(removingFolder: true)
  } catch {
    let tail = played.logTail
    await played.close(removingFolder: true)
    throw PlayedShopError("\(error)\n--- the daemon's log ends:\n\(tail)")
  }
}

extension String {
  /// How often another text is in it.
  public func count(_ text: String) -> Int { ranges(of: text).count }
}

public struct PlayedShopError: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// The program under test: it is built into the folder of the test bundle.
public enum Program {
  public static func path() throws -> String {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("chargehand").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw PlayedShopError("there is no \(path): build the product chargehand beside the tests")
    }
    return path
  }
}
