import Configuration
import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the configuration again on SIGHUP; a bad file changes nothing and says why.
struct ReloadService: Service {
  let engine: Engine
  let manager: ServiceManager
  let read: @Sendable () -> Result<Configuration, ConfigurationErrors>
  let log: Logger

  func run() async throws {
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      manager.reloading()
      switch read() {
      case .success(let configuration):
        if !engine.inbox.put(.reload(Reload(configuration: configuration))) {
          log.error("the configuration was not reloaded: the engine is busy; send SIGHUP again")
        }
      case .failure(let errors): log.error("the configuration was not reloaded:\n\(errors)")
      }
      manager.ready("running")
    }
  }
}
