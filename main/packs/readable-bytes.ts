const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** A size as a person reads it, in powers of ten like the hub's own pages: '2.13 GB'. */
export function readableBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${UNITS[power]}`
}
