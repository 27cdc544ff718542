/// The way from the document to a value being coded, as a list that its children share: the path is only
/// spelled out when somebody asks for it.
final class Trail: Sendable {
  private let parent: Trail?
  private let key: any CodingKey

  init(_ parent: Trail?, _ key: any CodingKey) {
    self.parent = parent
    self.key = key
  }

  fileprivate var keys: [any CodingKey] {
    var keys: [any CodingKey] = []
    var trail: Trail? = self
    while let step = trail {
      keys.append(step.key)
      trail = step.parent
    }
    return keys.reversed()
  }
}

extension Trail? {
  var codingPath: [any CodingKey] { self?.keys ?? [] }

  var components: [JSONPath.Component] { codingPath.map(\.component) }
}

extension CodingKey {
  /// A key may have an `intValue` though it names a member (dictionaries with integer keys), so only the
  /// keys we made for arrays count as indexes.
  var component: JSONPath.Component {
    if let key = self as? IndexKey { .index(key.index) } else { .name(stringValue) }
  }
}

/// The place of an element in an array.
struct IndexKey: CodingKey {
  let index: Int

  init(_ index: Int) { self.index = index }
  init?(intValue: Int) { self.init(intValue) }
  init?(stringValue: String) { return nil }

  var intValue: Int? { index }
  var stringValue: String { "\(index)" }
}

/// The key under which a subclass keeps what its superclass encodes.
struct SuperKey: CodingKey {
  init() {}
  init?(intValue: Int) { return nil }
  init?(stringValue: String) { return nil }

  var intValue: Int? { nil }
  var stringValue: String { "super" }
}
