/// Frames of the two transports, taken apart and put together.
enum ModbusServerFrame {
  /// CRC-16 of Modbus over Serial Line V1.02, section 6.2: polynomial 0xA001, reflected, low byte first.
  static func checksum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var crc: UInt16 = 0xffff
    for byte in bytes {
      crc ^= UInt16(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xa001 : crc >> 1 }
    }
    return [UInt8(crc & 0xff), UInt8(crc >> 8)]
  }

  /// A request taken off the front of what has arrived; `transaction` is empty on a serial line.
  struct Arrived {
    var transaction: [UInt8]
    var unit: UInt8
    var pdu: [UInt8]
  }

  /// Takes one frame, or drops a byte that cannot begin one; nil when more must arrive first.
  static func takeSerial(_ buffer: inout [UInt8]) -> Arrived? {
    while buffer.count >= 8 {
      let frame = Array(buffer.prefix(8))
      if checksum(frame.prefix(6)) == Array(frame.suffix(2)) {
        buffer.removeFirst(8)
        return Arrived(transaction: [], unit: frame[0], pdu: Array(frame[1..<6]))
      }
      buffer.removeFirst()
    }
    return nil
  }

  static func takeTCP(_ buffer: inout [UInt8]) -> Arrived? {
    guard buffer.count >= 8 else { return nil }
    let length = Int(buffer[4]) << 8 | Int(buffer[5])
    guard length >= 2, buffer.count >= 6 + length else { return nil }
    let frame = Array(buffer.prefix(6 + length))
    buffer.removeFirst(6 + length)
    return Arrived(transaction: Array(frame.prefix(2)), unit: frame[6], pdu: Array(frame.dropFirst(7)))
  }

  static func wrap(_ pdu: [UInt8], unit: UInt8, transaction: [UInt8]) -> [UInt8] {
    if transaction.isEmpty {
      let body = [unit] + pdu
      return body + checksum(body)
    }
    let length = pdu.count + 1
    return transaction + [0, 0, UInt8(length >> 8), UInt8(length & 0xff), unit] + pdu
  }
}
