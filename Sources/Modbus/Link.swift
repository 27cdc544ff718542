internal import CModbus
internal import Glibc

/// One libmodbus context, open or not. Not thread-safe: it lives inside the bus, on the bus's thread.
final class Link {
  private let endpoint: Endpoint
  private var context: OpaquePointer?
  private var transaction: UInt16 = 0
  /// When the next frame may go out on a serial line.
  private var clearAt: Int64 = 0
  /// What the device that is asked is granted to answer, and what is waited in all: the time on the line comes on top.
  private var patienceMilliseconds: Int
  private var timeoutMilliseconds: Int
  /// Questions since anything was last heard, on this connection.
  private var unanswered = 0

  init(_ endpoint: Endpoint) {
    self.endpoint = endpoint
    patienceMilliseconds = endpoint.responseTimeoutMilliseconds
    timeoutMilliseconds = endpoint.responseTimeoutMilliseconds
  }

  deinit { close() }

  var isOpen: Bool { context != nil }

  /// Nobody has answered for a while: the other end may have forgotten the connection, which no error would ever say.
  /// Modbus TCP opens anew after every error.
  var mayBeHalfOpen: Bool { endpoint.isSocket && !endpoint.isNumbered && unanswered >= 2 }

  private var descriptor: Int32 {
    guard let context else { return -1 }
    return modbus_get_socket(context)
  }

  /// Opens the endpoint within one response timeout (a host name may take the resolver's time on top).
  func open() throws(Fault) {
    close()
    if let problem = endpoint.problem { throw refused(problem) }
    let made: OpaquePointer? =
      switch endpoint.line {
      case .tcp(let host, let port), .rtuOverTCP(let host, let port, _):
        // Never modbus_new_tcp: it knows neither names nor IPv6.
        modbus_new_tcp_pi(host, String(port))
      case .serial(let path, let baud, let parity, let dataBits, let stopBits):
        modbus_new_rtu(path, Int32(baud), parity.letter, Int32(dataBits), Int32(stopBits))
      }
    guard let made else { throw refused(BusError.text(errno)) }
    context = made
    unanswered = 0
    do throws(Fault) {
      try configure(made)
      try connect(made)
    } catch {
      close()
      throw error
    }
  }

  private func configure(_ context: OpaquePointer) throws(Fault) {
    timeoutMilliseconds = endpoint.responseTimeoutMilliseconds
    let milliseconds = UInt32(endpoint.responseTimeoutMilliseconds)
    // Byte timeout 0: the response timeout bounds the whole reply, however slowly it drips. No recovery
    // mode: RECOVERY_LINK never returns, RECOVERY_PROTOCOL does not help.
    guard
      modbus_set_response_timeout(context, milliseconds / 1_000, milliseconds % 1_000 * 1_000) == 0,
      modbus_set_byte_timeout(context, 0, 0) == 0,
      modbus_set_error_recovery(context, MODBUS_ERROR_RECOVERY_NONE) == 0
    else { throw refused(BusError.text(errno)) }
  }

  private func connect(_ context: OpaquePointer) throws(Fault) {
    switch endpoint.line {
    case .tcp(let host, let port), .rtuOverTCP(let host, let port, _):
      do throws(DialError) {
        let socket = try dial(
          host: host, port: port, timeoutMilliseconds: endpoint.responseTimeoutMilliseconds)
        modbus_set_socket(context, socket)
      } catch {
        throw refused(error.words)
      }
    case .serial:
      guard modbus_connect(context) == 0 else { throw refused(BusError.text(errno)) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        throw refused("another program holds the line; two masters on one line cannot work")
      }
      clearAt = BusClock.now() + endpoint.frameSilenceNanoseconds
    }
    guard descriptor < FD_SETSIZE else {
      throw refused("descriptor \(descriptor) is past what libmodbus can wait for; lower LimitNOFILE to 1024")
    }
  }

  private func refused(_ why: String) -> Fault {
    Fault(.cannotOpen(endpoint: endpoint.description, why: why), nil)
  }

  func close() {
    guard let context else { return }
    modbus_close(context)
    modbus_free(context)
    self.context = nil
  }

  /// What waits to be read, or comes within `milliseconds`.
  enum Waiting: Hashable {
    case nothing
    case bytes
    case gone
  }

  func waiting(milliseconds: Int32 = 0) -> Waiting {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard Glibc.poll(&poll, 1, milliseconds) > 0 else { return .nothing }
    if poll.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { return .gone }
    if endpoint.isSocket {
      var byte: UInt8 = 0
      if recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0 { return .gone }
    }
    return .bytes
  }

  func flush() {
    if let context { modbus_flush(context) }
  }

  /// When the next question may go out: after the silence between two frames and the device's own pause.
  func turn(after manners: PollPlan.Manners) -> Int64 {
    clearAt + Int64(manners.pauseMilliseconds) * 1_000_000
  }

  /// Asks `unit` for `block`, and checks every byte of what comes back.
  /// - Parameter defense: `off` looks for stray bytes neither before nor after.
  func exchange(unit: UInt8, block: Block, manners: PollPlan.Manners, defense: Guard) throws(Fault) -> Reply {
    do throws(Fault) {
      let reply = try attempt(unit, block, manners, defense)
      unanswered = 0
      return reply
    } catch {
      if case .noReply = error.reason { unanswered += 1 } else { unanswered = 0 }
      throw error
    }
  }

  private func attempt(
    _ unit: UInt8, _ block: Block, _ manners: PollPlan.Manners, _ defense: Guard
  ) throws(Fault) -> Reply {
    guard let context else { throw Fault(.lost(errno: ENOTCONN), block) }
    defer { clearAt = max(clearAt, BusClock.now()) }
    patienceMilliseconds = manners.responseTimeoutMilliseconds ?? endpoint.responseTimeoutMilliseconds
    wait(for: patienceMilliseconds + endpoint.wireMilliseconds(of: block), context)
    if defense == .on {
      if endpoint.isNumbered {
        flush()
      } else if waiting() == .bytes {
        // Never flushed in silence: it may be the answer to the question before, whose place a copy of an earlier one
        // has taken.
        throw Fault(.strayBytes, block)
      }
    }
    var request: [UInt8] = [unit, block.table.function]
    for word in [block.address, block.count] { request += [UInt8(word >> 8), UInt8(word & 0xff)] }
    if endpoint.isNumbered { return try exchangeNumbered(context, request, unit, block) }
    let frame: [UInt8]
    if endpoint.isSocket {
      try send(SerialFrame.closed(request), block)
      guard
        let received = try SerialFrame.receive(from: descriptor, within: timeoutMilliseconds, block: block)
      else { throw fault(ETIMEDOUT, block) }
      frame = received
    } else {
      // libmodbus checks the checksum only of replies from the unit that is set.
      modbus_set_slave(context, Int32(unit))
      guard modbus_send_raw_request(context, request, Int32(request.count)) >= 0 else {
        throw fault(errno, block)
      }
      frame = try receive(context, block)
    }
    clearAt = BusClock.now() + endpoint.frameSilenceNanoseconds
    let reply = try Reply.fromSerial(frame[...], unit: unit, block: block)
    if defense == .on {
      BusClock.sleep(until: clearAt)
      if waiting() == .bytes { throw Fault(.strayBytes, block) }
    }
    return reply
  }

  private func exchangeNumbered(
    _ context: OpaquePointer, _ request: [UInt8], _ unit: UInt8, _ block: Block
  ) throws(Fault) -> Reply {
    transaction &+= 1
    // Not modbus_send_raw_request: it leaves the transaction number at zero.
    let header = [UInt8(transaction >> 8), UInt8(transaction & 0xff), 0, 0, 0, UInt8(request.count)]
    try send(header + request, block)
    let frame = try receive(context, block)
    return try Reply.fromTCP(frame[...], transaction: transaction, unit: unit, block: block)
  }

  private func send(_ bytes: [UInt8], _ block: Block) throws(Fault) {
    guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw fault(errno, block)
    }
  }

  /// Devices of one bus may differ in their patience.
  private func wait(for milliseconds: Int, _ context: OpaquePointer) {
    guard milliseconds != timeoutMilliseconds else { return }
    timeoutMilliseconds = milliseconds
    modbus_set_response_timeout(context, UInt32(milliseconds / 1_000), UInt32(milliseconds % 1_000 * 1_000))
  }

  private func receive(_ context: OpaquePointer, _ block: Block) throws(Fault) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: Int(MODBUS_MAX_ADU_LENGTH))
    let length = modbus_receive_confirmation(context, &buffer)
    let code = errno
    guard length >= 0 else {
      clearAt = BusClock.now() + endpoint.frameSilenceNanoseconds
      throw fault(code, block)
    }
    // 0: a frame of another unit, left unchecked; its first byte says whose.
    return Array(buffer.prefix(length == 0 ? 1 : Int(length)))
  }

  private func fault(_ code: Int32, _ block: Block) -> Fault {
    switch code {
    case ETIMEDOUT, EAGAIN:
      Fault(.noReply(withinMilliseconds: patienceMilliseconds), block)
    case Link.badChecksum: Fault(.badChecksum, block)
    case Link.badData: Fault(.wrongReply("longer than a frame may be"), block)
    default: Fault(.lost(errno: code), block)
    }
  }

  /// EMBBADCRC and EMBBADDATA of modbus.h, which Swift cannot import.
  private static let badChecksum = Int32(MODBUS_ENOBASE) + 12
  private static let badData = Int32(MODBUS_ENOBASE) + 13
}
