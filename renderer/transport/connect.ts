import type { Bridge } from '../../main/contract/bridge.ts'
import type { Transport } from '../../main/contract/client.ts'
import { connectBridge } from './bridge-transport.ts'
import { connectSocket } from './socket-transport.ts'

declare global {
  interface Window {
    readonly maskwright?: Bridge
  }
}

/** The page's way to the engine: Electron's bridge where the preload put one, else the WebSocket of the host that served the page. */
export function connect(): Transport {
  if (window.maskwright !== undefined) return connectBridge(window.maskwright)
  const url = new URL('/socket', window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return connectSocket({
    open: () => new WebSocket(url),
    // a handshake that was refused looks to a page like one that nobody answered
    isRefused: () => fetch('/', { method: 'HEAD', cache: 'no-store' }).then(({ status }) => status === 403, () => false),
    // a laptop that wakes up should not wait for the back-off to run out
    onWake: (wake) => {
      window.addEventListener('online', wake)
      document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') wake() })
    },
  })
}
