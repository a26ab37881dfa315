const bits = new Uint32Array(1)
const number = new Float32Array(bits.buffer)

/** f32 to IEEE 754 binary16 bits, to nearest, ties to even; beyond 65,504 becomes infinity. O(n). */
export function floatToHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) {
    number[0] = values[i]
    const sign = (bits[0] >>> 16) & 0x8000
    const magnitude = bits[0] & 0x7fffffff
    if (magnitude >= 0x47800000) {
      out[i] = sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00)
    } else if (magnitude < 0x38800000) {
      // subnormal: adding 0.5 lines its bits up with the ten of the fraction and rounds to even on the way
      number[0] = Math.abs(values[i]) + 0.5
      out[i] = sign | (bits[0] - 0x3f000000)
    } else {
      out[i] = sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
    }
  }
  return out
}
