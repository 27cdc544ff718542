import Foundation
import JSON
import Testing

/// Debian's python3-jsonschema, and the arithmetic of EN 16931 in Python: nothing of it is ours but the drafts.
@Suite("Drafts before a validator that is not ours") struct ValidatorTests {
  /// Runs Tests/Contract/validate.py on documents.
  private func validate(
    _ schema: String, _ documents: [(name: String, bytes: [UInt8])]
  ) throws -> (status: Int32, output: String) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("golden-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try documents.map { name, bytes in
      let file = folder.appendingPathComponent("\(name).json")
      try Data(bytes).write(to: file)
      return file.path
    }
    let process = Process()
    let output = Pipe()
    // Debian's own: another in the path does not see Debian's packages.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments =
      [
        repositoryURL("Tests/Contract/validate.py").path, repositoryURL("docs/schema").path + "/" + schema,
      ] + files
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }

  @Test("golden drafts of every kind fit the published schema, and their totals keep the rules of EN 16931")
  func golden() throws {
    let golden = try GoldenDrafts.all()
    let kinds = Set(
      golden.compactMap { (try? JSONScanner.parse($0.bytes, limits: .trusted))?["kind"]?.string })
    #expect(kinds == ["invoice", "credit", "deposit", "progress", "retainage_release"])
    let result = try validate("invoice-draft-1.json", golden)
    #expect(result.status == 0 && result.output.isEmpty, "\(result.output)")
  }

  @Test("what a customer keeps of a draw, and what was paid before, are in the golden drafts")
  func installments() throws {
    let totals = try GoldenDrafts.all().compactMap {
      try JSONScanner.parse($0.bytes, limits: .trusted)["totals"]?.object
    }
    for name in ["prepaid", "retainage"] {
      #expect(totals.contains { $0[name] != "0.00" && $0[name] != "0" && $0[name] != "0.000" }, "\(name)")
    }
  }

  @Test(
    "a damaged draft is told by the schema, or by the rule that it breaks",
    arguments: [
      (#""kind":"invoice""#, #""kind":"bill""#, "$.kind: 'bill' is not one of"),
      (#""net_amount":"0.79""#, #""net_amount":0.79"#, "$.lines[0].net_amount: 0.79 is not of type 'string'"),
      (#""net_amount":"0.79""#, #""net_amount":"0.78""#, "BR-CO-10: BT-106 is 113.92, not 113.91"),
      (#""allowances":"0.00""#, #""allowances":"1.00""#, "BR-CO-11: BT-107 is 1.00, not 0"),
      (#""charges":"0.00""#, #""charges":"1.00""#, "BR-CO-12: BT-108 is 1.00, not 0"),
      (#""tax_exclusive":"113.92""#, #""tax_exclusive":"113.93""#, "BR-CO-13: BT-109 is 113.93, not 113.92"),
      (#""tax":"5.19","taxable""#, #""tax":"5.20","taxable""#, "BR-CO-14: BT-110 is 5.19, not 5.20"),
      (#""tax_inclusive":"119.11""#, #""tax_inclusive":"119.10""#, "BR-CO-15: BT-112 is 119.10, not 119.11"),
      (#""payable":"119.11""#, #""payable":"119.12""#, "BR-CO-16: BT-115 is 119.12, not 119.11"),
      (#""retainage":"0.00""#, #""retainage":"9.11""#, "BR-CO-16: BT-115 is 119.11, not 110.00"),
      (#""prepaid":"0.00""#, #""prepaid":"9.11""#, "BR-CO-16: BT-115 is 119.11, not 110.00"),
      (#""taxable":"62.89""#, #""taxable":"62.88""#, "BG-23: BT-116 of S 8.25 % is 62.88, not 62.89"),
      (
        #""rate":"8.25"},"type":"fee""#, #""rate":"8"},"type":"fee""#,
        "BG-23: there is no group for S 8 %"
      ),
    ])
  func damaged(_ what: String, _ with: String, _ complaint: String) throws {
    let broken = FrozenDraft.text.replacing(what, with: with)
    #expect(broken != FrozenDraft.text)
    let result = try validate("invoice-draft-1.json", [("damaged", Array(broken.utf8))])
    #expect(result.status == 1)
    #expect(result.output.contains(complaint), "\(result.output)")
  }

  @Test("every frozen message fits its schema there too")
  func others() throws {
    for payload in try MadePayload.all() {
      let schema = "\(payload.schema).json" + (payload.definition.map { "#\($0)" } ?? "")
      let result = try validate(schema, [(payload.name, payload.bytes)])
      #expect(result.status == 0, "\(result.output)")
    }
  }

  @Test("and a command with an argument too many does not")
  func refused() throws {
    let bytes = Array(#"{"id":"a","work_center":"m","speed":9}"#.utf8)
    let result = try validate("command-1.json#job.pause", [("command", bytes)])
    #expect(result.status == 1 && result.output.contains("speed"), "\(result.output)")
  }
}
