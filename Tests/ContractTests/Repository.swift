import Foundation

/// Files of the repository, from the root.
func repositoryFile(_ path: String) throws -> String {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
}

/// The names of the files in a folder of the repository.
func repositoryFolder(_ path: String) throws -> [String] {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(path).path)
}
