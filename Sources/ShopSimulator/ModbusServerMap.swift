internal import Synchronization

/// What the played devices hold: units, each with its four tables. Thread-safe. An address that was never
/// set does not exist, and is answered with exception 2.
public final class ModbusServerMap: Sendable {
  struct Key: Hashable {
    var unit: UInt8
    var function: UInt8
    var address: UInt16
  }

  private let cells = Mutex<[Key: UInt16]>([:])

  public init() {}

  public func setCoil(unit: UInt8, address: UInt16, value: Bool) { set(unit, 1, address, value ? 1 : 0) }

  public func setDiscreteInput(unit: UInt8, address: UInt16, value: Bool) {
    set(unit, 2, address, value ? 1 : 0)
  }

  public func setHolding(unit: UInt8, address: UInt16, value: UInt16) { set(unit, 3, address, value) }

  public func setInput(unit: UInt8, address: UInt16, value: UInt16) { set(unit, 4, address, value) }

  /// Several holding registers at once: nobody ever reads half of a number.
  public func setHolding(unit: UInt8, address: UInt16, values: [UInt16]) {
    cells.withLock { cells in
      for (offset, value) in values.enumerated() {
        cells[Key(unit: unit, function: 3, address: address + UInt16(offset))] = value
      }
    }
  }

  /// What holding registers hold; nil where one was never set.
  public func holding(unit: UInt8, address: UInt16, count: UInt16) -> [UInt16]? {
    cells.withLock { cells in
      let values = (0..<count).compactMap { cells[Key(unit: unit, function: 3, address: address + $0)] }
      return values.count == Int(count) ? values : nil
    }
  }

  private func set(_ unit: UInt8, _ function: UInt8, _ address: UInt16, _ value: UInt16) {
    cells.withLock { $0[Key(unit: unit, function: function, address: address)] = value }
  }

  func has(unit: UInt8) -> Bool { cells.withLock { cells in cells.keys.contains { $0.unit == unit } } }

  /// The answer without its unit: function, byte count, data; or function | 0x80, exception.
  func answer(_ request: ModbusRequest) -> [UInt8] {
    func refuse(_ code: UInt8) -> [UInt8] { [request.function | 0x80, code] }
    guard (1...4).contains(request.function) else { return refuse(1) }
    let bits = request.function <= 2
    guard (1...(bits ? 2_000 : 125)).contains(Int(request.count)) else { return refuse(3) }
    guard Int(request.address) + Int(request.count) <= 65_536 else { return refuse(2) }
    let values: [UInt16]? = cells.withLock { cells in
      var values: [UInt16] = []
      for offset in 0..<request.count {
        let key = Key(
          unit: request.unit, function: request.function, address: request.address + offset)
        guard let value = cells[key] else { return nil }
        values.append(value)
      }
      return values
    }
    guard let values else { return refuse(2) }
    var data: [UInt8] = []
    if bits {
      data = [UInt8](repeating: 0, count: (values.count + 7) / 8)
      for (index, value) in values.enumerated() where value != 0 { data[index / 8] |= 1 << UInt8(index % 8) }
    } else {
      for value in values { data += [UInt8(value >> 8), UInt8(value & 0xff)] }
    }
    return [request.function, UInt8(data.count)] + data
  }
}
