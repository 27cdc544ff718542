internal import Foundation

/// A folder of its own below the system's temporary folder.
public struct ScratchFolder: Sendable, Hashable {
  public let path: String

  /// - Throws: ``SimulatorError``.
  public init(_ name: String) throws {
    let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(base)/\(name)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SimulatorError("folder in \(base)", errno) }
    path = String(decoding: template.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  public subscript(name: String) -> String { "\(path)/\(name)" }

  /// Writes a file that only its owner can read.
  public func write(_ text: String, to name: String) throws {
    try text.write(toFile: self[name], atomically: false, encoding: .utf8)
    chmod(self[name], 0o600)
  }

  public func remove() { try? FileManager.default.removeItem(atPath: path) }
}
