public import Metering

/// A machine state that several fields of a document tell together.
public struct StateRule: Hashable, Sendable {
  public struct Condition: Hashable, Sendable {
    public var path: PayloadPath
    /// The words that meet it: strings, or numbers and bools as they are written.
    public var words: Set<String>

    public init(_ path: PayloadPath, _ words: Set<String>) {
      self.path = path
      self.words = words
    }
  }

  /// All of them must hold. A field that is not there meets no condition.
  public var conditions: [Condition]
  public var state: MachineState

  public init(_ conditions: [Condition], _ state: MachineState) {
    self.conditions = conditions
    self.state = state
  }

  func holds(in source: some PayloadSource) -> Bool {
    conditions.allSatisfy { condition in
      guard case .value(let field) = source.field(at: condition.path), case .success(let word) = field.word
      else { return false }
      return condition.words.contains(word)
    }
  }
}
