/** Linear light of an 8-bit sRGB value, [0, 1] (IEC 61966-2-1). */
const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const x = value / 255
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4
})
const EPSILON = 216 / 24389
const KAPPA = 24389 / 27
const companded = (t: number): number => (t > EPSILON ? Math.cbrt(t) : (KAPPA * t + 16) / 116)

/**
 * CIE Lab under D65, divided by 100: L in [0, 1], a and b in about [−1.3, 1.3], so that a unit step is 100 of L.
 * @param rgb  u8[pixels, 3]  sRGB
 * @returns three planes f32[pixels]: L, a, b. O(pixels)
 */
export function labPlanes(rgb: Uint8Array, pixels: number): [Float32Array, Float32Array, Float32Array] {
  const planes: [Float32Array, Float32Array, Float32Array] = [new Float32Array(pixels), new Float32Array(pixels), new Float32Array(pixels)]
  const [lightness, a, b] = planes
  for (let i = 0; i < pixels; i++) {
    const red = LINEAR[rgb[3 * i]], green = LINEAR[rgb[3 * i + 1]], blue = LINEAR[rgb[3 * i + 2]]
    const x = companded((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
    const y = companded(0.2126729 * red + 0.7151522 * green + 0.072175 * blue)
    const z = companded((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883)
    lightness[i] = 1.16 * y - 0.16
    a[i] = 5 * (x - y)
    b[i] = 2 * (y - z)
  }
  return planes
}
