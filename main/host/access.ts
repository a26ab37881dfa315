import { createHash, timingSafeEqual } from 'node:crypto'

/** Headers of a request, by lower-case name. */
export type HeaderOf = (name: string) => string | undefined

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]']

const digest = (text: string) => createHash('sha256').update(text).digest()
/** Equality in a time that does not depend on where, or whether, two strings differ. */
export const sameSecret = (given: string, right: string): boolean => timingSafeEqual(digest(given), digest(right))

/** The value of one cookie, or undefined. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim()
  }
  return undefined
}

function parsedHost(header: string | undefined, scheme: 'http' | 'https' = 'http'): URL | undefined {
  if (header === undefined || !/^[\w.:[\]-]+$/.test(header)) return undefined
  try {
    return new URL(`${scheme}://${header}`)
  } catch {
    return undefined
  }
}

/**
 * Whether `Host` names this machine's loopback, or an address or name that was asked for. A page of another site that points
 * its own name at 127.0.0.1 (DNS rebinding) fails here. Any port: `ssh -L` forwards from another one.
 */
export function hostAllowed(host: string | undefined, served: readonly string[]): boolean {
  const name = parsedHost(host)?.hostname
  return name !== undefined && (LOOPBACK_NAMES.includes(name) || served.some((one) => name === parsedHost(one.includes(':') ? `[${one}]` : one)?.hostname))
}

/** Whether `Origin` is the very place `Host` names: scheme, name and port. 'null' and other sites are not. */
function originAllowed(origin: string, host: string | undefined, scheme: 'http' | 'https'): boolean {
  // with its scheme, which knows its own port: a browser leaves that one out of both
  const own = parsedHost(host, scheme)
  if (own === undefined) return false
  try {
    const from = new URL(origin)
    return from.protocol === `${scheme}:` && from.host === own.host && from.username === '' && from.password === ''
  } catch {
    return false
  }
}

/** Why a request may not pass, or undefined when it may. `needsOrigin`: a WebSocket must say where it comes from. */
export function refusal(header: HeaderOf, rules: { readonly served: readonly string[]; readonly scheme: 'http' | 'https'; readonly cookieName: string; readonly admits: (token: string) => boolean; readonly needsOrigin: boolean }): string | undefined {
  const host = header('host')
  if (!hostAllowed(host, rules.served)) return 'This address is not served here.'
  const origin = header('origin')
  if (origin === undefined ? rules.needsOrigin : !originAllowed(origin, host, rules.scheme)) return 'Requests from other sites are refused.'
  const site = header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'Requests from other sites are refused.'
  const cookie = cookieValue(header('cookie'), rules.cookieName)
  if (cookie === undefined || !rules.admits(cookie)) return 'Open the address with its token that Maskwright printed in the terminal.'
  return undefined
}
