import Glibc
import Synchronization

/// A real mosquitto of our own: on a free loopback port, with a temporary folder, and never outliving this
/// process.
///
/// A small shell holds the broker and reads a pipe of ours: a line is a signal to pass on, the pipe's end
/// (we died, however) means kill it. Should the shell itself be killed, the kernel kills the broker with it.
public final class PrivateBroker: Sendable {
  public let port: UInt16
  /// The temporary folder: configuration, log, persistence. Removed by `deinit`.
  public let folder: String
  public let settings: BrokerSettings
  private let keeper = Mutex<BrokerKeeper?>(nil)

  /// Starts the broker and waits until it accepts connections.
  /// - Parameter port: nil takes a free one.
  /// - Throws: `BrokerError` with the end of the broker's log.
  public init(_ settings: BrokerSettings = BrokerSettings(), port: UInt16? = nil) throws(BrokerError) {
    self.settings = settings
    var template = [CChar]("/tmp/chargehand-broker-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw BrokerError("cannot make a temporary folder", errno) }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let port = port ?? BrokerPort.free() else { throw BrokerError("no free port") }
    self.port = port
    try settings.write(to: folder, port: port)
    try start()
  }

  deinit {
    keeper.withLock { $0?.end("KILL") }
    BrokerFiles.remove(folder)
  }

  /// Starts it again on the same port after `stop` or `kill`.
  public func start() throws(BrokerError) {
    let keeper = try BrokerKeeper(folder: folder)
    self.keeper.withLock { $0 = keeper }
    let end = BrokerPort.milliseconds() + 10_000
    while !BrokerPort.accepts(port) {
      guard BrokerPort.milliseconds() < end else {
        kill()
        throw BrokerError("mosquitto does not accept connections on port \(port); its log:\n\(log)")
      }
      usleep(5_000)
    }
  }

  /// Ends it in good order (it saves its persistence); returns when it is gone.
  public func stop() { keeper.withLock { take(&$0)?.end("TERM") } }

  /// Kills it with SIGKILL; returns when it is gone.
  public func kill() { keeper.withLock { take(&$0)?.end("KILL") } }

  public func restart() throws(BrokerError) {
    stop()
    try start()
  }

  /// Freezes it: connections stay open and nothing answers.
  public func freeze() { keeper.withLock { $0?.pass("STOP") } }

  public func thaw() { keeper.withLock { $0?.pass("CONT") } }

  /// Everything it has logged so far, in all its lives.
  public var log: String { BrokerFiles.read(folder + "/log") }

  private func take(_ keeper: inout BrokerKeeper?) -> BrokerKeeper? {
    defer { keeper = nil }
    return keeper
  }
}

public struct BrokerError: Error, Sendable, CustomStringConvertible {
  public let description: String

  init(_ text: String, _ systemError: Int32 = 0) {
    description = systemError == 0 ? text : "\(text): \(String(cString: strerror(systemError)))"
  }
}
