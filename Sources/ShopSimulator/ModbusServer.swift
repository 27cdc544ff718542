internal import Glibc
internal import Synchronization

/// Plays the devices of one bus on a thread of its own: several units behind one TCP listener on the
/// loopback, or on one pseudo terminal. Answers rightly from its map, unless its script says otherwise.
public final class ModbusServer: Sendable {
  public let map: ModbusServerMap
  /// The port it listens on; 0 on a serial line.
  public let port: UInt16
  private let doorbell: (read: Int32, write: Int32)
  private let script: Mutex<ModbusScript?>
  private let counts: Mutex<[UInt8: Int]>
  private let thread: Mutex<pthread_t?>
  private let latency = Mutex(0)

  /// Listens on 127.0.0.1.
  /// - Parameters:
  ///   - port: 0 for a free one.
  ///   - carriesSerialFrames: as a plain serial server does, in place of Modbus TCP's own.
  public static func tcp(
    port: UInt16 = 0, map: ModbusServerMap = ModbusServerMap(), script: ModbusScript? = nil,
    carriesSerialFrames: Bool = false
  ) throws -> ModbusServer {
    // Room for hundreds that connect at once: what overflows is dropped, and would look like a bus that is late.
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
    guard listener >= 0 else { throw SimulatorError("socket", errno) }
    var one: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 512) == 0 && getsockname(listener, $0, &size) == 0
      }
    }
    guard bound else {
      let code = errno
      close(listener)
      throw SimulatorError("listener on port \(port)", code)
    }
    return try ModbusServer(
      map: map, script: script, port: UInt16(bigEndian: address.sin_port), listener: listener, line: nil,
      carriesSerialFrames: carriesSerialFrames)
  }

  /// Answers on a serial line, which must outlive the server.
  public static func serial(
    _ line: PseudoTerminal, map: ModbusServerMap = ModbusServerMap(), script: ModbusScript? = nil
  ) throws -> ModbusServer {
    try ModbusServer(
      map: map, script: script, port: 0, listener: nil, line: line, carriesSerialFrames: true)
  }

  private init(
    map: ModbusServerMap, script: ModbusScript?, port: UInt16, listener: Int32?, line: PseudoTerminal?,
    carriesSerialFrames: Bool
  ) throws {
    self.map = map
    self.port = port
    self.script = Mutex(script)
    counts = Mutex([:])
    thread = Mutex(nil)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SimulatorError("pipe", errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    doorbell = (ends[0], ends[1])
    let floor = ModbusServerFloor(
      doorbell: ends[0], listener: listener, line: line, carriesSerialFrames: carriesSerialFrames,
      answer: { [weak self] arrived in self?.answer(arrived) ?? [] })
    var started = pthread_t()
    let box = Unmanaged.passRetained(floor)
    let code = pthread_create(
      &started, nil,
      { argument in
        if let argument { Unmanaged<ModbusServerFloor>.fromOpaque(argument).takeRetainedValue().work() }
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      throw SimulatorError("thread", code)
    }
    let id = started
    thread.withLock { $0 = id }
  }

  deinit {
    stop()
    close(doorbell.read)
    close(doorbell.write)
  }

  /// From the next request on.
  public func setScript(_ script: ModbusScript?) { self.script.withLock { $0 = script } }

  /// How long every answer takes from now on, right or wrong; 0 at first.
  public func setLatency(milliseconds: Int) { latency.withLock { $0 = milliseconds } }

  /// How many requests have come in for a unit.
  public func requests(unit: UInt8) -> Int { counts.withLock { $0[unit] ?? 0 } }

  /// Closes the listener and every connection, and returns when the thread has ended.
  public func stop() {
    guard
      let id = thread.withLock({ thread in
        defer { thread = nil }
        return thread
      })
    else { return }
    var bell: UInt8 = 1
    _ = write(doorbell.write, &bell, 1)
    pthread_join(id, nil)
  }

  private func answer(_ arrived: ModbusServerFrame.Arrived) -> [ModbusServerFloor.Action] {
    let pdu = arrived.pdu
    guard pdu.count >= 5 else { return [] }
    let (number, numberOfUnit) = counts.withLock { counts in
      counts[arrived.unit, default: 0] += 1
      return (counts.values.reduce(0, +), counts[arrived.unit] ?? 0)
    }
    let request = ModbusRequest(
      unit: arrived.unit, function: pdu[0], address: UInt16(pdu[1]) << 8 | UInt16(pdu[2]),
      count: UInt16(pdu[3]) << 8 | UInt16(pdu[4]), number: number, numberOfUnit: numberOfUnit)
    let isSerial = arrived.transaction.isEmpty
    func frame(_ pdu: [UInt8], unit: UInt8? = nil) -> [UInt8] {
      ModbusServerFrame.wrap(pdu, unit: unit ?? arrived.unit, transaction: arrived.transaction)
    }
    let latency = latency.withLock { $0 }
    guard map.has(unit: arrived.unit) else {
      // Nobody there: silence on a line; a gateway says so.
      return isSerial ? [] : [.send(frame([request.function | 0x80, 11]), afterMilliseconds: latency)]
    }
    let right = frame(map.answer(request))
    switch script.withLock({ $0 })?(request) {
    case nil: return [.send(right, afterMilliseconds: latency)]
    case .late(let delay): return [.send(right, afterMilliseconds: latency + delay)]
    case .mute: return []
    case .wrongUnit(let unit):
      let other = ModbusRequest(
        unit: unit, function: request.function, address: request.address, count: request.count,
        number: number, numberOfUnit: numberOfUnit)
      return [.send(frame(map.answer(other), unit: unit), afterMilliseconds: latency)]
    case .exception(let code):
      return [.send(frame([request.function | 0x80, code]), afterMilliseconds: latency)]
    case .truncated(let bytes): return [.send(Array(right.prefix(bytes)), afterMilliseconds: latency)]
    case .duplicated(let gap):
      return [.send(right, afterMilliseconds: latency), .send(right, afterMilliseconds: gap)]
    case .corrupted:
      var wrong = right
      wrong[wrong.count - 1] ^= 0x10
      return [.send(wrong, afterMilliseconds: latency)]
    case .dripped(let pace):
      return right.map { .send([$0], afterMilliseconds: pace) }
    case .wrongFunction:
      let pdu = map.answer(request)
      return [.send(frame([pdu[0] ^ 0x07] + pdu.dropFirst()), afterMilliseconds: latency)]
    case .wrongLength:
      let pdu = map.answer(request)
      let longer = pdu.prefix(1) + [pdu[1] &+ 2] + pdu.dropFirst(2) + [0xAB, 0xCD]
      return [.send(frame(Array(longer)), afterMilliseconds: latency)]
    case .wrongTransaction:
      var other = right
      if !isSerial { other[1] ^= 0x55 }
      return [.send(other, afterMilliseconds: latency)]
    // A serial line has nothing to hang up.
    case .hangUp: return [.hangUp]
    case .reset: return [.reset]
    case .halfOpen: return [.fallDeaf]
    }
  }
}
