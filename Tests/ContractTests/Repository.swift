import Foundation

/// A file or folder of the repository, from the root.
func repositoryURL(_ path: String) -> URL {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(path)
}

/// The text of a file.
func repositoryFile(_ path: String) throws -> String {
  try String(contentsOf: repositoryURL(path), encoding: .utf8)
}

/// The names of the files in a folder.
func repositoryFolder(_ path: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: repositoryURL(path).path)
}
