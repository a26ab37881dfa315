/** The page's own scheme and host: `app://maskwright/`. */
export const PAGE_SCHEME = 'app'
const PAGE_HOST = 'maskwright'
export const PAGE_ADDRESS = `${PAGE_SCHEME}://${PAGE_HOST}/`

/** Whether a URL is our page's. Parsed fields, never a prefix: `app://maskwright.evil/` is not ours; origins of own schemes are 'null'. */
export function isPageAddress(address: string): boolean {
  try {
    const url = new URL(address)
    return url.protocol === `${PAGE_SCHEME}:` && url.host === PAGE_HOST && url.username === '' && url.password === ''
  } catch {
    return false
  }
}
