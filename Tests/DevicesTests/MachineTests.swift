import Devices
import Measures
import Metering
import Testing

@Suite("Run states and buttons on a bus")
struct MachineTests {
  static let input0 = RegisterBit(.discreteInput, 0)
  static let button = ModbusChannel(
    .button(RegisterBit(.discreteInput, 3), onRising: .toggle, onFalling: nil))

  @Test("a contact means running or idle, inverted where it is wired so")
  func contact() throws {
    for inverted in [false, true] {
      let bit = RegisterBit(.discreteInput, 0, inverted: inverted)
      var decoder = try Make.decoder(ModbusChannel(.stateBit(bit, set: .running, clear: .idle)))
      #expect(decoder.values(Image(discrete: [0: true])) == [.state(inverted ? .idle : .running)])
      #expect(decoder.values(Image(discrete: [0: false])) == [.state(inverted ? .running : .idle)])
      #expect(decoder.values(Image(discrete: [1: true])) == [.rejected(.missingField)])
    }
  }

  @Test("a register's number means what the map says, and nothing where it says nothing")
  func word() throws {
    let map: [Int64: MachineState] = [0: .idle, 1: .running, -1: .fault]
    var decoder = try Make.decoder(ModbusChannel(.stateWord(RegisterNumber(.holding, 4, .int16), map)))
    #expect(decoder.values(Image(holding: [4: 1])) == [.state(.running)])
    #expect(decoder.values(Image(holding: [4: 0xFFFF])) == [.state(.fault)])
    #expect(decoder.values(Image(holding: [4: 2])) == [.rejected(.unmappedState)])
    #expect(decoder.values(Image()) == [.rejected(.missingField)])
  }

  @Test("a button held at the first read causes nothing; its next press does")
  func firstRead() throws {
    var decoder = try Make.decoder(Self.button)
    let levels = [true, true, false, true, true, false]
    let values = levels.enumerated().map { index, level in
      decoder.values(Image(discrete: [3: level]), at: Int64(index) * 200)
    }
    #expect(values == [[], [], [], [.action(.toggle)], [], []])
  }

  @Test("a release may mean something too")
  func falling() throws {
    var decoder = try Make.decoder(
      ModbusChannel(.button(RegisterBit(.discreteInput, 3), onRising: .start, onFalling: .stop)))
    let values = [false, true, false].enumerated().map { index, level in
      decoder.values(Image(discrete: [3: level]), at: Int64(index) * 200)
    }
    #expect(values == [[], [.action(.start)], [.action(.stop)]])
  }

  @Test("a press that happened while the bus was down is not carried out afterwards")
  func outage() throws {
    var decoder = try Make.decoder(Self.button)
    #expect(decoder.values(Image(discrete: [3: false]), at: 0) == [])
    #expect(decoder.reject(.noReply, at: .at(200)).map(\.value) == [.rejected(.noReply)])
    #expect(decoder.values(Image(discrete: [3: true]), at: 2001) == [])
    #expect(decoder.values(Image(discrete: [3: false]), at: 2200) == [])
    // One lost sweep is no outage.
    #expect(decoder.reject(.noReply, at: .at(2400)).count == 1)
    #expect(decoder.values(Image(discrete: [3: true]), at: 2600) == [.action(.toggle)])
  }

  @Test("after a reboot the first read of a button is only a level")
  func reboot() throws {
    var decoder = try Make.decoder(Self.button)
    #expect(decoder.values(Image(discrete: [3: false]), at: 0) == [])
    let later = Moment(
      boot: 2, uptime: .milliseconds(100), wall: WallTime(milliseconds: 0), isWallTrusted: false)
    #expect(decoder.decode(image: Image(discrete: [3: true]), at: later) == [])
  }

  @Test("a failed sweep rejects every channel, by its reason")
  func failedSweep() throws {
    var decoder = try Make.decoder(
      ModbusChannel(.stateBit(Self.input0, set: .running, clear: .idle)), Self.button)
    let readings = decoder.reject(.exceptionReply, at: .at(5))
    #expect(readings.map(\.channel.description) == ["d/run_state", "d/action"])
    #expect(readings.allSatisfy { $0.value == .rejected(.exceptionReply) && $0.at == .at(5) })
  }
}
