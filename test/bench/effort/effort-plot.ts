/** A line of a plot. */
export interface PlotLine {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
}
interface Panel {
  readonly title: string
  readonly across: string
  readonly lines: readonly PlotLine[]
  /** upper end of the axis that goes up; it begins at 0 */
  readonly top: number
}

/** Told apart with and without colour: the dashes differ too. */
const STROKES = [['#1b5fc4', ''], ['#b3261e', '6 3'], ['#19713f', '2 3'], ['#535b67', '10 4']] as const
const WIDTH = 420, HEIGHT = 300, LEFT = 46, BOTTOM = 44, TOP = 34, RIGHT = 12

/** Line plots side by side, as one SVG. */
export function effortPlot(panels: readonly Panel[]): string {
  const drawn = panels.map((panel, at) => `<g transform="translate(${at * WIDTH} 0)">${panelOf(panel)}</g>`).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${panels.length * WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>${drawn}</svg>\n`
}

function panelOf({ title, across, lines, top }: Panel): string {
  const last = Math.max(...lines.flatMap(({ points }) => points.map(([x]) => x)))
  const x = (value: number): number => LEFT + (value / last) * (WIDTH - LEFT - RIGHT)
  const y = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM)
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * top)
  const grid = ticks.map((value) => `<path d="M${LEFT} ${y(value)}H${WIDTH - RIGHT}" stroke="#d9dde3"/><text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${Number(value.toFixed(2))}</text>`).join('')
  const marks = [...new Set(lines.flatMap(({ points }) => points.map(([value]) => value)))].filter((value) => last <= 12 || value === 1 || value % 5 === 0)
  const below = marks.map((value) => `<text x="${x(value)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${value}</text>`).join('')
  const drawn = lines.map(({ name, points }, k) => {
    const [colour, dashes] = STROKES[k % STROKES.length]
    return `<polyline points="${points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}"/>`
      + `<path d="M${LEFT + 10} ${TOP + 10 + 16 * k}h22" stroke="${colour}" stroke-width="2" stroke-dasharray="${dashes}"/><text x="${LEFT + 38}" y="${TOP + 14 + 16 * k}">${name}</text>`
  }).join('')
  return `<text x="${LEFT}" y="20" font-weight="600">${title}</text>${grid}${below}<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${across}</text>${drawn}`
}
