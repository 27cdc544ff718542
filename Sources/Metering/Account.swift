public import Measures

public enum RunKind {}
/// A run of a part at a work center: `R12`.
public typealias RunID = Identifier<RunKind>

public enum MaterialKind {}
public typealias MaterialID = Identifier<MaterialKind>

/// To whom a meter's use is charged, fixed when a segment opens.
///
/// Meters do not know jobs: they carry the account through, so that a segment closed after a change still
/// belongs to whoever it was opened for.
public struct Account: Hashable, Sendable, Codable {
  /// `nil`: nobody's yet; the use is kept as unattributed.
  public var run: RunID?
  /// What was on the scale.
  public var material: MaterialID?
  public var lot: String?

  public init(run: RunID? = nil, material: MaterialID? = nil, lot: String? = nil) {
    self.run = run
    self.material = material
    self.lot = lot
  }

  public static let nobody = Account()
}
