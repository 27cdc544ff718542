/// A place for one value that is being encoded. Containers hand it out and fill it later, as the protocol of
/// `Encoder` demands, so it is shared by reference.
final class Slot {
  private enum Content {
    case empty
    case value(JSONValue)
    case object(ObjectSlot)
    case array(ArraySlot)
  }

  private var content = Content.empty
  private var wasMixed = false

  func put(_ value: JSONValue) {
    if case .empty = content {} else { wasMixed = true }
    content = .value(value)
  }

  /// The object that stands here; the same one each time it is asked for.
  func object() -> ObjectSlot {
    if case .object(let object) = content { return object }
    if case .empty = content {} else { wasMixed = true }
    let object = ObjectSlot()
    content = .object(object)
    return object
  }

  func array() -> ArraySlot {
    if case .array(let array) = content { return array }
    if case .empty = content {} else { wasMixed = true }
    let array = ArraySlot()
    content = .array(array)
    return array
  }

  /// What was put here; an empty object if nothing was, as for a type without members.
  func finished(_ trail: Trail?) throws(JSONCodingError) -> JSONValue {
    guard !wasMixed else {
      throw JSONCodingError(trail, "the type encodes two values in one place; give each a key of its own")
    }
    switch content {
    case .empty: return .object(JSONObject())
    case .value(let value): return value
    case .object(let object): return .object(try object.finished(trail))
    case .array(let array): return .array(try array.finished(trail))
    }
  }
}

final class ObjectSlot {
  private var object = JSONObject()
  private var nested: [(key: any CodingKey, slot: Slot)] = []

  func put(_ value: JSONValue, _ key: any CodingKey) {
    object[key.stringValue] = value
    if !nested.isEmpty { nested.removeAll { $0.key.stringValue == key.stringValue } }
  }

  /// A place below `key`, which keeps its turn among the keys.
  func slot(_ key: any CodingKey) -> Slot {
    if let known = nested.first(where: { $0.key.stringValue == key.stringValue }) { return known.slot }
    let slot = Slot()
    object[key.stringValue] = .null
    nested.append((key, slot))
    return slot
  }

  func finished(_ trail: Trail?) throws(JSONCodingError) -> JSONObject {
    for (key, slot) in nested { object[key.stringValue] = try slot.finished(Trail(trail, key)) }
    return object
  }
}

final class ArraySlot {
  private var values: [JSONValue] = []
  private var nested: [(index: Int, slot: Slot)] = []

  var count: Int { values.count }

  func put(_ value: JSONValue) { values.append(value) }

  func slot() -> Slot {
    let slot = Slot()
    nested.append((values.count, slot))
    values.append(.null)
    return slot
  }

  func finished(_ trail: Trail?) throws(JSONCodingError) -> [JSONValue] {
    for (index, slot) in nested { values[index] = try slot.finished(Trail(trail, IndexKey(index))) }
    return values
  }
}
