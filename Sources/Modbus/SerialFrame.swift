internal import Glibc

/// The frames of a serial line where libmodbus does not make them: on a TCP connection (Modbus over Serial Line V1.02,
/// section 2.5.1).
enum SerialFrame {
  /// With its checksum behind it.
  static func closed(_ bytes: [UInt8]) -> [UInt8] {
    let sum = checksum(bytes)
    return bytes + [UInt8(sum & 0xff), UInt8(sum >> 8)]
  }

  /// One reply to a read, its checksum checked; nil if it was not all there in time. Its end is told by its own length:
  /// no silence survives a network.
  static func receive(from descriptor: Int32, within milliseconds: Int, block: Block) throws(Fault)
    -> [UInt8]?
  {
    let deadline = BusClock.now() + Int64(milliseconds) * 1_000_000
    var frame: [UInt8] = []
    while frame.count < length(of: frame) {
      let left = (deadline - BusClock.now() + 999_999) / 1_000_000
      guard left > 0 else { return nil }
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = Glibc.poll(&poll, 1, Int32(clamping: left))
      if ready < 0, errno != EINTR { throw Fault(.lost(errno: errno), block) }
      guard ready > 0 else { continue }
      // No more than is missing: what follows a reply is a stray.
      var buffer = [UInt8](repeating: 0, count: length(of: frame) - frame.count)
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count < 0, errno == EAGAIN || errno == EINTR { continue }
      guard count > 0 else { throw Fault(.lost(errno: count == 0 ? ECONNRESET : errno), block) }
      frame += buffer[..<count]
    }
    guard closed(Array(frame.dropLast(2))) == frame else { throw Fault(.badChecksum, block) }
    return frame
  }

  /// How long the frame is as far as its beginning tells: unit, function and byte count first, at most 255 of data.
  private static func length(of frame: [UInt8]) -> Int {
    guard frame.count >= 3 else { return 3 }
    return frame[1] & 0x80 == 0 ? 3 + Int(frame[2]) + 2 : 5
  }

  /// CRC-16 with the polynomial 0xA001, from 0xFFFF.
  private static func checksum(_ bytes: [UInt8]) -> UInt16 {
    bytes.reduce(0xFFFF) { sum, byte in
      (0..<8).reduce(sum ^ UInt16(byte)) { sum, _ in sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xA001 }
    }
  }
}
