const UNITS = ['kilobyte', 'megabyte', 'gigabyte'] as const

/** A size as a person of this language reads it, in powers of ten like the hub's own pages: '2.13 GB', '2,13 Go'. */
export function packSize(bytes: number, language: string): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3) - 1))
  return new Intl.NumberFormat(language, { style: 'unit', unit: UNITS[power], unitDisplay: 'short', maximumSignificantDigits: 3 }).format(bytes / 1000 ** (power + 1))
}
