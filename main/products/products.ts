/**
 * Large matrix products, asynchronous because they may run on a device. Row-major f32. Implemented by
 * main/inference on ONNX Runtime; the tests use a naive one. Inputs are never changed; outputs are new.
 */
export interface Products {
  /** C[m, n] = A[m, k] · B[k, n]; cost O(m·k·n) */
  multiply(a: Float32Array, b: Float32Array, m: number, k: number, n: number): Promise<Float32Array>
  /** C[m, n] = A[m, k] · B[n, k]ᵀ */
  multiplyTransposed(a: Float32Array, b: Float32Array, m: number, k: number, n: number): Promise<Float32Array>
  /** C[k, n] = A[m, k]ᵀ · B[m, n] */
  transposedMultiply(a: Float32Array, b: Float32Array, m: number, k: number, n: number): Promise<Float32Array>
  /**
   * Keeps `a` [m, k] where the products run, for many products with the same matrix (Lanczos, k-means).
   * Call `release` when done.
   */
  hold(a: Float32Array, m: number, k: number): Promise<HeldMatrix>
}

export interface HeldMatrix {
  /** A[m, k] · B[k, n] */
  times(b: Float32Array, n: number): Promise<Float32Array>
  /** A[m, k]ᵀ · B[m, n] */
  transposedTimes(b: Float32Array, n: number): Promise<Float32Array>
  release(): void
}
