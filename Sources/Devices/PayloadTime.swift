import JSON
import Measures

/// Where a message says when its values were measured: a device may publish again what it has kept for hours.
public struct PayloadTime: Hashable, Sendable {
  public enum Format: String, Hashable, Sendable, CaseIterable {
    /// Since 1970; fractions are allowed.
    case seconds, milliseconds
    /// With its zone: a local time without one says nothing.
    case rfc3339
  }

  public var path: PayloadPath
  public var format: Format

  public init(_ path: PayloadPath, _ format: Format) {
    self.path = path
    self.format = format
  }

  /// How old the values are; `nil` where the message does not say, or nobody can tell: the clock is not trusted.
  func age(in source: some PayloadSource, at moment: Moment) -> Span? {
    guard moment.isWallTrusted, case .value(let field) = source.field(at: path), let wall = wall(field) else {
      return nil
    }
    return moment.wall.since(wall)
  }

  private func wall(_ field: JSONValue) -> WallTime? {
    switch (format, field) {
    case (.rfc3339, .string(let text)): WallTime(rfc3339: text)
    case (.seconds, .number(let number)), (.milliseconds, .number(let number)):
      Decimal(measured: number.text).flatMap { amount in
        (format == .seconds ? amount.multiplied(by: Decimal(1000)) : amount)?.rounded(to: 0).int64
      }.map(WallTime.init(milliseconds:))
    default: nil
    }
  }
}
