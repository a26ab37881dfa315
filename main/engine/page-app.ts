/** What answers a page's GETs, for shells that may import the engine only (electron/). */
export { createApp } from '../host/app.ts'
