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

  /// Runs a command on a configuration of its own, with no daemon and no state directory.
  public static func runAlone(
    _ arguments: [String], configuration: String? = nil, environment: [String: String] = [:]
  ) async throws -> (status: Int32, output: String) {
    let folder = try ScratchFolder("chargehand-tool")
    defer { folder.remove() }
    let sound = """
      version: 1
      gateway: {id: shop-1, currency: USD, state_directory: \(folder["state"])}
      mqtt: {broker: "mqtt://127.0.0.1:1"}

      """
    try folder.write(configuration ?? sound, to: "chargehand.yaml")
    return try await run(arguments + ["--config", folder["chargehand.yaml"]], environment: environment)
  }
}
