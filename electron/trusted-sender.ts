import type { IpcMainInvokeEvent } from 'electron'
import { isPageAddress } from './page-address.ts'

/** Whether a message comes from the top frame of our own page. A frame that has gone, or an embedded one, is not trusted. */
export function isTrustedSender(event: IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame
  return frame !== null && frame === event.sender.mainFrame && isPageAddress(frame.url)
}
