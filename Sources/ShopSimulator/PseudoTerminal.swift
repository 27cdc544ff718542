internal import Glibc
internal import Synchronization

/// A serial line that ends in this process: a master opens `path`, a ``ModbusServer`` plays the devices.
public final class PseudoTerminal: Sendable {
  /// Where the other side opens the line.
  public let path: String
  let descriptor: Int32
  /// Held open, so that the line stays up while nobody has opened `path`.
  private let keeper: Int32
  private let isPlugged = Mutex(true)

  /// - Throws: ``SimulatorError`` when the system has no pseudo terminal to give.
  public init() throws {
    var mine: Int32 = -1
    var theirs: Int32 = -1
    var name = [CChar](repeating: 0, count: 128)
    guard openpty(&mine, &theirs, &name, nil, nil) == 0 else { throw SimulatorError("openpty", errno) }
    var settings = termios()
    tcgetattr(theirs, &settings)
    cfmakeraw(&settings)
    tcsetattr(theirs, TCSANOW, &settings)
    for each in [mine, theirs] { _ = fcntl(each, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(mine, F_SETFL, O_NONBLOCK)
    descriptor = mine
    keeper = theirs
    path = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { unplug() }

  /// Noise: bytes that no device sent as an answer.
  public func inject(_ bytes: [UInt8]) {
    isPlugged.withLock { plugged in
      if plugged { _ = write(descriptor, bytes, bytes.count) }
    }
  }

  /// The line goes away, as a USB adapter does when it is pulled. Stop its server first.
  public func unplug() {
    isPlugged.withLock { plugged in
      guard plugged else { return }
      plugged = false
      close(keeper)
      close(descriptor)
    }
  }
}

/// The system refused something the simulator needs.
public struct SimulatorError: Error, CustomStringConvertible {
  public let description: String

  init(_ what: String, _ code: Int32) {
    description = "the simulator's \(what) failed: \(String(cString: strerror(code)))"
  }
}
