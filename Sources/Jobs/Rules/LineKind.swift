/// What a line of a draft bills: its `type`.
public enum LineKind: String, Hashable, Sendable, Codable, CaseIterable {
  case material, machine, fee, labor, energy, service
}
