import { expect, test } from 'vitest'
import { FlowGraph } from '../../../main/segment/max-flow.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'

interface Problem {
  readonly nodes: number
  readonly terminals: readonly (readonly [number, number])[]
  readonly edges: readonly (readonly [number, number, number, number])[]
}

/** The cost of a cut, and the least over all 2ⁿ cuts. */
function cutCost({ terminals, edges }: Problem, withSource: (node: number) => boolean): number {
  let cost = 0
  terminals.forEach(([source, sink], node) => { cost += withSource(node) ? sink : source })
  for (const [a, b, forward, backward] of edges) {
    if (withSource(a) && !withSource(b)) cost += forward
    if (!withSource(a) && withSource(b)) cost += backward
  }
  return cost
}
const leastCost = (problem: Problem): number => Array.from({ length: 2 ** problem.nodes }, (_, bits) => cutCost(problem, (node) => ((bits >> node) & 1) === 1)).reduce((a, b) => Math.min(a, b))

function solve(problem: Problem): { value: number; graph: FlowGraph } {
  const graph = new FlowGraph(problem.nodes, problem.edges.length)
  problem.terminals.forEach(([source, sink], node) => graph.addTerminals(node, source, sink))
  for (const edge of problem.edges) graph.addEdge(...edge)
  return { value: graph.solve(), graph }
}

test('300 random graphs: the flow is the least cut of all, and the sides cost exactly that', () => {
  const random = seededRandom(9)
  for (let trial = 0; trial < 300; trial++) {
    const nodes = 2 + Math.floor(random() * 8)
    const whole = trial % 2 === 0
    const capacity = (): number => (random() < 0.3 ? 0 : whole ? Math.floor(random() * 10) : random() * 10)
    const problem: Problem = {
      nodes,
      terminals: Array.from({ length: nodes }, () => [capacity(), capacity()] as const),
      edges: Array.from({ length: Math.floor(random() * 20) }, () => {
        const a = Math.floor(random() * nodes)
        return [a, (a + 1 + Math.floor(random() * (nodes - 1))) % nodes, capacity(), capacity()] as const
      }),
    }
    const { value, graph } = solve(problem)
    expect(value).toBeCloseTo(leastCost(problem), 9)
    expect(cutCost(problem, (node) => graph.withSource(node))).toBeCloseTo(value, 9)
  }
})

test('a chain is cut at its weakest link', () => {
  const { value, graph } = solve({ nodes: 3, terminals: [[9, 0], [0, 0], [0, 9]], edges: [[0, 1, 5, 5], [1, 2, 2, 2]] })
  expect(value).toBe(2)
  expect([0, 1, 2].map((node) => graph.withSource(node))).toEqual([true, true, false])
})

test('a graph of 40 × 40 pixels cuts a noisy square out', () => {
  const side = 40
  const random = seededRandom(2)
  const truth = (x: number, y: number): boolean => x >= 10 && x < 30 && y >= 8 && y < 25
  const graph = new FlowGraph(side * side, 2 * side * side)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const says = random() < 0.2 ? !truth(x, y) : truth(x, y)
      graph.addTerminals(y * side + x, says ? 1 : 0, says ? 0 : 1)
      if (x + 1 < side) graph.addEdge(y * side + x, y * side + x + 1, 0.7, 0.7)
      if (y + 1 < side) graph.addEdge(y * side + x, (y + 1) * side + x, 0.7, 0.7)
    }
  }
  graph.solve()
  let wrong = 0
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) if (graph.withSource(y * side + x) !== truth(x, y)) wrong++
  expect(wrong).toBeLessThan(40)
})

test('more edges than announced are refused', () => {
  const graph = new FlowGraph(2, 1)
  graph.addEdge(0, 1, 1, 1)
  expect(() => graph.addEdge(0, 1, 1, 1)).toThrow('more than the 1 edges')
})
