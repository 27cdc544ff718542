import JSON

/// Which messages make up a device's document: many devices send only what changed.
public struct DocumentPart: Hashable, Sendable {
  public var topic: String
  /// Where in the message the part stands; `nil`: the whole message.
  public var at: PayloadPath?
  /// Where in the document it belongs; `nil`: at its root.
  public var into: PayloadPath?

  public init(topic: String, at: PayloadPath? = nil, into: PayloadPath? = nil) {
    self.topic = topic
    self.at = at
    self.into = into
  }
}

/// What a device has told of itself so far: absent means unchanged, null means gone.
///
/// Kept are only the places that some channel looks at, so that it stays small whatever the device says.
struct DeviceDocument: PayloadSource, Sendable {
  private var fields: [PayloadPath: JSONValue] = [:]

  /// Takes over what a part says of the wanted places.
  mutating func merge(_ part: JSONValue, into prefix: PayloadPath?, wanted: [PayloadPath]) {
    for place in wanted {
      guard let rest = place.below(prefix), let value = part.at(rest) else { continue }
      fields[place] = value
    }
  }

  func field(at path: PayloadPath?) -> Field {
    guard let path, let value = fields[path], !value.isNull else { return .missing }
    return .value(value)
  }
}
