import ShopSimulator

extension Program {
  /// Runs the program to its end, without a shop.
  /// - Parameter environment: variables beside those of this process.
  public static func run(_ arguments: [String], environment: [String: String] = [:]) async throws
    -> (status: Int32, output: String)
  {
    let folder = try ScratchFolder("chargehand-tool")
    defer { folder.remove() }
    let program = try ChildProgram(
      [try path()] + arguments, log: folder["output"], environment: environment)
    return (try await program.waitUntilEnded(within: .seconds(30)), program.log)
  }
}
