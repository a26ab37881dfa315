import { InferenceSession, Tensor } from 'onnxruntime-node'
import { modelBytes, type Attribute } from '../../models/onnx-graph.ts'
import type { HeldMatrix, Products } from '../products/products.ts'

/** The products by the Gemm attributes that make them; one session each, made when first used. */
const KINDS = {
  plain: { transA: 0, transB: 0 },
  transposedRight: { transA: 0, transB: 1 },
  transposedLeft: { transA: 1, transB: 0 },
} as const satisfies Record<string, Record<string, Attribute>>
type Kind = keyof typeof KINDS

function checkLength(name: string, matrix: Float32Array, rows: number, columns: number): void {
  if (matrix.length !== rows * columns) throw new RangeError(`matrix ${name} has ${matrix.length} values; ${rows} × ${columns} needs ${rows * columns}`)
}

/**
 * Matrix products on ONNX Runtime's CPU kernels ("ORT as BLAS", INFERENCE.md): a one-node graph per kind, built as
 * bytes at run time, sizes open. `run` blocks the calling thread for its whole length: use it in the pipeline process.
 * @param threads  of one product, ≥ 1
 */
export function createOnnxProducts(threads: number): Products {
  const sessions = new Map<Kind, Promise<InferenceSession>>()

  function session(kind: Kind): Promise<InferenceSession> {
    let made = sessions.get(kind)
    if (made === undefined) {
      made = InferenceSession.create(modelBytes({
        name: kind,
        inputs: [{ name: 'a', type: 'float32', shape: ['a0', 'a1'] }, { name: 'b', type: 'float32', shape: ['b0', 'b1'] }],
        outputs: [{ name: 'c', type: 'float32', shape: ['c0', 'c1'] }],
        nodes: [{ op: 'Gemm', inputs: ['a', 'b'], outputs: ['c'], attributes: KINDS[kind] }],
      }), { executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential', enableMemPattern: false, logSeverityLevel: 3, extra: { session: { intra_op: { allow_spinning: '0' } } } })
      sessions.set(kind, made)
    }
    return made
  }

  async function product(kind: Kind, a: Tensor, b: Tensor): Promise<Float32Array> {
    const running = await session(kind)
    const { c } = await running.run({ a, b })
    return c.data as Float32Array
  }

  const tensor = (matrix: Float32Array, rows: number, columns: number): Tensor => new Tensor('float32', matrix, [rows, columns])

  return {
    async multiply(a, b, m, k, n) {
      checkLength('A', a, m, k)
      checkLength('B', b, k, n)
      if (m * k * n === 0) return new Float32Array(m * n)
      return product('plain', tensor(a, m, k), tensor(b, k, n))
    },
    async multiplyTransposed(a, b, m, k, n) {
      checkLength('A', a, m, k)
      checkLength('B', b, n, k)
      if (m * k * n === 0) return new Float32Array(m * n)
      return product('transposedRight', tensor(a, m, k), tensor(b, n, k))
    },
    async transposedMultiply(a, b, m, k, n) {
      checkLength('A', a, m, k)
      checkLength('B', b, m, n)
      if (m * k * n === 0) return new Float32Array(k * n)
      return product('transposedLeft', tensor(a, m, k), tensor(b, m, n))
    },
    async hold(a, m, k) {
      checkLength('A', a, m, k)
      // a CPU tensor wraps the array without copying it, so holding is naming
      let held: Tensor | undefined = tensor(a, m, k)
      const alive = (): Tensor => {
        if (held === undefined) throw new Error('this matrix was released; hold it again')
        return held
      }
      return {
        async times(b, n) {
          checkLength('B', b, k, n)
          return product('plain', alive(), tensor(b, k, n))
        },
        async transposedTimes(b, n) {
          checkLength('B', b, m, n)
          return product('transposedLeft', alive(), tensor(b, m, n))
        },
        release() {
          held = undefined
        },
      } satisfies HeldMatrix
    },
  }
}
