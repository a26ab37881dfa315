import type { Bridge } from '../../main/contract/bridge.ts'
import type { Transport } from '../../main/contract/client.ts'

/** Electron: the engine lives in the same app, so the connection is open as long as the window is. */
export function connectBridge(bridge: Bridge): Transport {
  return {
    call: (name, input) => bridge.call(name, input),
    onEvent: (listener) => bridge.onEvent(listener),
    onConnection: (listener) => {
      listener('open')
      return () => {}
    },
  }
}
