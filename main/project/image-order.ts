/**
 * Key by which images of a folder are sorted: letter case is ignored, and numbers count as numbers, so that img2 comes
 * before img10. O(length)
 */
export function sortKeyOf(path: string): string {
  return path.toLowerCase().replaceAll(/\d+/g, (digits) => digits.padStart(12, '0'))
}
