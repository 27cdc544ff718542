/// What machine time is worth while there was no data for longer than a bridge: `on_gap`.
public enum GapPolicy: String, Hashable, Sendable, Codable, CaseIterable {
  /// Bill it in the state it had before.
  case bill
  /// Do not bill it.
  case skip
  /// Hold the draft until somebody decides.
  case hold
}
