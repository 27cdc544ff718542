import Foundation
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct ProbeTests {
    private func probe(_ arguments: String...) async throws -> (status: Int32, output: String) {
      let folder = try ScratchFolder("chargehand-probe")
      defer { folder.remove() }
      let program = try ChildProgram([try Program.path(), "probe"] + arguments, log: folder["output"])
      return (try await program.waitUntilEnded(within: .seconds(30)), program.log)
    }

    private func server() throws -> ModbusServer {
      let map = ModbusServerMap()
      map.setHolding(unit: 3, address: 6, values: [0x0800, 0, 9625, 7])
      return try ModbusServer.tcp(map: map)
    }

    @Test("a probe finds what the display shows and gives the lines to paste", .timeLimit(.minutes(1)))
    func found() async throws {
      let server = try server()
      defer { server.stop() }
      let place = ["--tcp", "127.0.0.1:\(server.port)", "--unit", "3", "--holding", "6", "--count", "4"]
      let (status, output) = try await probe(
        place[0], place[1], place[2], place[3], place[4], place[5], place[6], place[7], "--shows", "962.5")
      #expect(status == 0, "\(output)")
      let first = output.split(separator: "\n").dropFirst().first.map(String.init) ?? ""
      #expect(first.contains("holding 7") && first.contains("int32") && first.contains("0.1"), "\(output)")
      for line in ["        holding: 7", "        type: int32", "        scale: 0.1"] {
        #expect(output.contains(line), "\(output)")
      }
    }

    @Test("what matches nowhere is said, with the registers as they are", .timeLimit(.minutes(1)))
    func nothing() async throws {
      let server = try server()
      defer { server.stop() }
      let (status, output) = try await probe(
        "--tcp", "127.0.0.1:\(server.port)", "--unit", "3", "--holding", "6", "--shows", "17.3")
      #expect(status == 1)
      #expect(output.contains("nothing in holding 6 to 9 reads as 17.3"), "\(output)")
      #expect(output.contains("0x2599"), "\(output)")
    }

    @Test("a device that does not answer, or not there, is told in words", .timeLimit(.minutes(1)))
    func silent() async throws {
      let server = try server()
      defer { server.stop() }
      let (status, output) = try await probe(
        "--tcp", "127.0.0.1:\(server.port)", "--unit", "3", "--holding", "500")
      #expect(status == 1)
      #expect(output.contains("unit 3, holding 500"), "\(output)")
      #expect(output.contains("illegal data address"), "\(output)")
      // Nobody tries again: whoever asked reads this and decides.
      #expect(!output.contains("next try"), "\(output)")
      let (mute, silence) = try await probe("--tcp", "127.0.0.1:1", "--unit", "3", "--holding", "500")
      #expect(mute == 1)
      #expect(silence.contains("cannot open tcp 127.0.0.1:1"), "\(silence)")
      #expect(silence.contains("asked 3 times") && !silence.contains("next try"), "\(silence)")
      let (usage, help) = try await probe("--tcp", "127.0.0.1:1", "--shows", "heavy", "--holding", "1")
      #expect(usage == 64)
      #expect(help.contains("--shows is a number"), "\(help)")
    }
  }
}
