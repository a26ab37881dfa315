import type { Page } from 'playwright-core'
import { WebSocket as NodeSocket } from 'ws'
import { type Client, createClient } from '../../main/contract/client.ts'
import { connectSocket, type Socket } from '../../renderer/transport/socket-transport.ts'

/** Another window's way to the engine that a page is served by: what is stored, past what the page shows. */
export async function clientBeside(page: Page): Promise<Client & { close(): void }> {
  const { origin } = new URL(page.url())
  const cookies = await page.context().cookies()
  const headers = { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') }
  const transport = connectSocket({ open: () => new NodeSocket(`${origin.replace('http', 'ws')}/socket`, { origin, headers }) as unknown as Socket })
  return { ...createClient(transport), close: () => transport.dispose() }
}
