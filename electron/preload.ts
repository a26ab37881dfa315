import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron'
import { type Bridge, CALL_CHANNEL, EVENT_CHANNEL } from '../main/contract/bridge.ts'
import type { Answer } from '../main/contract/client.ts'
import type { EngineEvent } from '../main/contract/events.ts'

/** "Do not expose Electron APIs to untrusted web content": two functions that carry data, on two fixed channels. */
const bridge: Bridge = {
  call: (name, input) => ipcRenderer.invoke(CALL_CHANNEL, name, input) as Promise<Answer>,
  onEvent(listener) {
    // the IPC event itself, with its sender, stays on this side
    const hear = (_event: IpcRendererEvent, event: EngineEvent) => listener(event)
    ipcRenderer.on(EVENT_CHANNEL, hear)
    return () => { ipcRenderer.off(EVENT_CHANNEL, hear) }
  },
}
contextBridge.exposeInMainWorld('maskwright', bridge)
