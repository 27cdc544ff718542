import Foundation
import Testing

/// What `make install` brings.
struct InstallTests {
  @Test("the documents are installed with what they point to, and go with the rest")
  func documents() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("install-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try run("install", folder, "/bin/true")
    let share = folder.appendingPathComponent("usr/share")
    for path in [
      "doc/chargehand/operations.md", "doc/chargehand/contract.md", "doc/chargehand/devices.md",
      "doc/chargehand/profiles.md", "chargehand/profiles/laumas-tlb.yaml", "chargehand/schema/profile-1.json",
      "chargehand/schema/invoice-draft-1.json", "chargehand/schema/command-1.json",
      "doc/chargehand/billing-service.md", "doc/chargehand/asyncapi.yaml",
      "doc/chargehand/examples/billing_service.py",
    ] {
      let file = share.appendingPathComponent(path).path
      #expect(FileManager.default.isReadableFile(atPath: file), "\(path) is not installed")
    }
    let documents = share.appendingPathComponent("doc/chargehand")
    for name in try FileManager.default.contentsOfDirectory(atPath: documents.path)
    where name.hasSuffix(".md") {
      let text = try String(contentsOf: documents.appendingPathComponent(name), encoding: .utf8)
      for link in text.matches(of: /\]\(([^)#:]+)/).map({ String($0.1) }) {
        let target = documents.appendingPathComponent(link).path
        #expect(FileManager.default.fileExists(atPath: target), "\(name) points to \(link)")
      }
    }
    try run("uninstall", folder)
    for path in ["doc/chargehand", "chargehand"] {
      let left = share.appendingPathComponent(path).path
      #expect(!FileManager.default.fileExists(atPath: left), "\(path) is left")
    }
  }

  private func run(_ action: String, _ folder: URL, _ binary: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.currentDirectoryURL = ArchitectureTests.root
    process.arguments = ["scripts/install.sh", action, folder.path, "/usr", "/etc"] + binary
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
