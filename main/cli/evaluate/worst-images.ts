/** Keeps the `count` candidates of lowest mIoU per method as they come. */
export function createWorstImages<C extends { readonly method: string; readonly mIoU: number }>(count: number) {
  const worst = new Map<string, C[]>()
  return {
    offer(candidate: C): void {
      const list = worst.get(candidate.method) ?? []
      list.push(candidate)
      list.sort((a, b) => a.mIoU - b.mIoU)
      list.length = Math.min(list.length, count)
      worst.set(candidate.method, list)
    },
    all: (): readonly C[] => [...worst.values()].flat(),
  }
}
