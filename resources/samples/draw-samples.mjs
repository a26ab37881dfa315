// Draws the eight sample pictures: `node resources/samples/draw-samples.mjs`. Seeded, so the same pictures each time.
// Each scene is an SVG (shapes, gradients, turbulence for texture), softened a little and grained as a camera would.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const HERE = dirname(fileURLToPath(import.meta.url))
const W = 640
const H = 480
const MOST_BYTES = 60_000

/** mulberry32: numbers in [0, 1) that depend on the seed alone */
function numbers(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const between = (random, low, high) => low + (high - low) * random()
const round = (value) => Math.round(value * 10) / 10

const gradient = (id, from, to, stops = '') => `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${from}"/>${stops}<stop offset="1" stop-color="${to}"/></linearGradient>`
const ball = (id, light, dark) => `<radialGradient id="${id}" cx="0.36" cy="0.3" r="0.8"><stop offset="0" stop-color="${light}"/><stop offset="1" stop-color="${dark}"/></radialGradient>`
/** a surface with texture: `strength` of the grain, `size` of it across and along */
const texture = (id, seed, sizeX, sizeY, strength) => `<filter id="${id}" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency="${sizeX} ${sizeY}" numOctaves="4" seed="${seed}"/><feColorMatrix values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  ${strength} 0 0 0 ${-strength * 0.42}"/><feComposite operator="in" in2="SourceGraphic"/><feMerge result="grain"><feMergeNode in="SourceGraphic"/><feMergeNode/></feMerge></filter>`
const COMMON = `<filter id="soft"><feGaussianBlur stdDeviation="6"/></filter><filter id="shade"><feGaussianBlur stdDeviation="3.5"/></filter>`

const scene = (defs, body) => `<svg xmlns="http://www.w3.org/2000/svg" width="${W}" height="${H}" viewBox="0 0 ${W} ${H}"><defs>${COMMON}${defs}</defs>${body}</svg>`
const sky = `<rect width="${W}" height="${H}" fill="url(#sky)"/>`
const shadow = (x, y, rx, ry, opacity = 0.35) => `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="#000" opacity="${opacity}" filter="url(#shade)"/>`

function clouds(random, count, y, tint = '#fff') {
  return Array.from({ length: count }, () => {
    const x = between(random, 0, W)
    const top = between(random, y - 30, y + 30)
    return Array.from({ length: 6 }, () => `<ellipse cx="${round(x + between(random, -50, 50))}" cy="${round(top + between(random, -10, 10))}" rx="${round(between(random, 22, 50))}" ry="${round(between(random, 10, 20))}" fill="${tint}" opacity="0.55" filter="url(#soft)"/>`).join('')
  }).join('')
}

function hills(random, base, height, fill, filter = '') {
  const points = Array.from({ length: 9 }, (_, k) => [k * (W / 8), base - height * between(random, 0.2, 1)])
  const path = points.slice(1).reduce((text, [x, y], k) => `${text} Q${round(points[k][0] + W / 16)} ${round((points[k][1] + y) / 2 - height * 0.2)} ${round(x)} ${round(y)}`, `M0 ${round(points[0][1])}`)
  return `<path d="${path} V${H} H0 Z" fill="${fill}" ${filter === '' ? '' : `filter="url(#${filter})"`}/>`
}

function tree(random, x, foot, size, leaf) {
  const crown = Array.from({ length: 42 }, () => {
    const angle = random() * Math.PI * 2
    const far = Math.sqrt(random()) * size * 0.5
    const lit = random()
    return `<circle cx="${round(x + Math.cos(angle) * far)}" cy="${round(foot - size * 1.02 + Math.sin(angle) * far * 0.85)}" r="${round(between(random, size * 0.09, size * 0.19))}" fill="${leaf[lit > 0.66 ? 2 : lit > 0.3 ? 1 : 0]}"/>`
  }).join('')
  return `${shadow(x + size * 0.2, foot + 2, size * 0.55, size * 0.08)}<path d="M${x - size * 0.07} ${foot} Q${x - size * 0.03} ${foot - size * 0.4} ${x - size * 0.05} ${foot - size * 0.8} H${x + size * 0.05} Q${x + size * 0.03} ${foot - size * 0.4} ${x + size * 0.09} ${foot} Z" fill="#5b4432"/>${crown}`
}

function house(x, y, w, h, wall, roof) {
  const pane = (px, py) => `<rect x="${px}" y="${py}" width="${w * 0.17}" height="${h * 0.26}" fill="#33465c"/><path d="M${px} ${py + h * 0.26} L${px + w * 0.17} ${py} V${py + h * 0.12} L${px + w * 0.07} ${py + h * 0.26} Z" fill="#8fb0cc" opacity="0.6"/><rect x="${px}" y="${py}" width="${w * 0.17}" height="${h * 0.26}" fill="none" stroke="#f3eee2" stroke-width="3"/>`
  return `${shadow(x + w * 0.6, y + h, w * 0.62, 9)}<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${wall}" filter="url(#plaster)"/><rect x="${x + w * 0.78}" y="${y}" width="${w * 0.22}" height="${h}" fill="#000" opacity="0.16"/>
    <path d="M${x - w * 0.08} ${y + 4} L${x + w * 0.5} ${y - h * 0.62} L${x + w * 1.08} ${y + 4} Z" fill="${roof}" filter="url(#tiles)"/><rect x="${x + w * 0.66}" y="${y - h * 0.6}" width="${w * 0.1}" height="${h * 0.36}" fill="#7c4a3a"/>
    <rect x="${x + w * 0.41}" y="${y + h * 0.45}" width="${w * 0.18}" height="${h * 0.55}" fill="#6d3f2a"/><circle cx="${x + w * 0.56}" cy="${y + h * 0.74}" r="2.5" fill="#e6c35c"/>${pane(x + w * 0.13, y + h * 0.28)}${pane(x + w * 0.7, y + h * 0.28)}`
}

function car(x, y, s, id) {
  const wheel = (cx) => `<circle cx="${cx}" cy="${y}" r="${s * 0.13}" fill="#1c1d20"/><circle cx="${cx}" cy="${y}" r="${s * 0.07}" fill="#b9bec4"/><circle cx="${cx}" cy="${y}" r="${s * 0.025}" fill="#5d6268"/>`
  return `${shadow(x + s * 0.5, y + s * 0.12, s * 0.58, s * 0.06, 0.5)}<path d="M${x} ${y} Q${x - s * 0.02} ${y - s * 0.2} ${x + s * 0.1} ${y - s * 0.23} L${x + s * 0.24} ${y - s * 0.26} Q${x + s * 0.33} ${y - s * 0.45} ${x + s * 0.46} ${y - s * 0.46} H${x + s * 0.64} Q${x + s * 0.78} ${y - s * 0.44} ${x + s * 0.85} ${y - s * 0.27} Q${x + s * 1.02} ${y - s * 0.24} ${x + s * 1.02} ${y - s * 0.1} V${y} Z" fill="url(#${id})"/>
    <path d="M${x + s * 0.29} ${y - s * 0.26} Q${x + s * 0.36} ${y - s * 0.41} ${x + s * 0.46} ${y - s * 0.42} H${x + s * 0.52} V${y - s * 0.26} Z M${x + s * 0.55} ${y - s * 0.26} V${y - s * 0.42} H${x + s * 0.63} Q${x + s * 0.73} ${y - s * 0.4} ${x + s * 0.79} ${y - s * 0.26} Z" fill="#2b3a47"/><path d="M${x + s * 0.33} ${y - s * 0.27} L${x + s * 0.46} ${y - s * 0.41} H${x + s * 0.49} L${x + s * 0.39} ${y - s * 0.27} Z" fill="#9fb9cc" opacity="0.55"/>
    <ellipse cx="${x + s * 0.985}" cy="${y - s * 0.16}" rx="${s * 0.03}" ry="${s * 0.035}" fill="#fff3c4"/><rect x="${x}" y="${y - s * 0.18}" width="${s * 0.035}" height="${s * 0.06}" fill="#c22f26"/>${wheel(x + s * 0.21)}${wheel(x + s * 0.8)}`
}

const glossy = (cx, cy, r, id) => `${shadow(cx + r * 0.25, cy + r * 0.95, r * 0.95, r * 0.2, 0.45)}<circle cx="${cx}" cy="${cy}" r="${r}" fill="url(#${id})"/><ellipse cx="${cx - r * 0.35}" cy="${cy - r * 0.45}" rx="${r * 0.2}" ry="${r * 0.12}" fill="#fff" opacity="0.55" filter="url(#shade)"/>`
const LEAVES = { green: ['#2c5527', '#3f7434', '#68994a'], autumn: ['#8a3f16', '#c06a1c', '#e0a13a'], dark: ['#173a2a', '#23523a', '#356d4c'] }

const SCENES = {
  'house-and-trees': (random) => scene(
    gradient('sky', '#5f9fd8', '#dcebf3') + gradient('lawn', '#7da64a', '#42702c') + texture('grass', 3, 0.09, 0.4, 1.1) + texture('plaster', 5, 0.6, 0.6, 0.5) + texture('tiles', 8, 0.05, 0.5, 1.4),
    `${sky}${clouds(random, 4, 80)}${hills(random, 300, 60, '#86a2a8')}<rect y="290" width="${W}" height="190" fill="url(#lawn)" filter="url(#grass)"/>${house(215, 210, 210, 130, '#e9dcc2', '#9a4632')}${tree(random, 110, 372, 150, LEAVES.green)}${tree(random, 540, 350, 125, LEAVES.green)}<path d="M300 340 Q290 400 220 480 H380 Q350 400 340 340 Z" fill="#c9b795" filter="url(#plaster)"/>`),
  'boat-on-lake': (random) => scene(
    gradient('sky', '#f3b27a', '#f9e3c0', '<stop offset="0.5" stop-color="#f5cf9f"/>') + gradient('lake', '#c99a78', '#33506b', '<stop offset="0.35" stop-color="#6d7f8c"/>') + texture('waves', 11, 0.012, 0.16, 1.2) + ball('sun', '#fffbe6', '#ffd98a') + gradient('hull', '#a23b2a', '#5d1d16'),
    `${sky}<circle cx="468" cy="128" r="46" fill="url(#sun)"/>${clouds(random, 3, 70, '#fbd9b6')}${hills(random, 250, 90, '#8d7f86')}${hills(random, 262, 50, '#5d5f6b')}<rect y="250" width="${W}" height="230" fill="url(#lake)" filter="url(#waves)"/><ellipse cx="300" cy="398" rx="130" ry="12" fill="#0c1a26" opacity="0.5" filter="url(#shade)"/><path d="M170 352 H430 Q405 398 360 400 H235 Q195 398 170 352 Z" fill="url(#hull)"/><path d="M170 352 H430 L426 362 H175 Z" fill="#f0e6d6"/><rect x="294" y="140" width="6" height="214" fill="#4c3a2c"/><path d="M304 146 Q410 250 404 338 H304 Z" fill="#f7f1e4"/><path d="M304 146 Q360 250 352 338 H304 Z" fill="#e2d8c4"/><path d="M290 176 Q220 270 208 338 H290 Z" fill="#d8573c"/>`),
  'car-on-road': (random) => scene(
    gradient('sky', '#8fb7d6', '#eef3f4') + gradient('road', '#6b6d70', '#424447') + gradient('field', '#b9a65a', '#8a7a39') + texture('asphalt', 17, 0.9, 0.9, 0.8) + texture('grass', 19, 0.05, 0.5, 1.2) + gradient('red', '#e2483a', '#8c1b18', '<stop offset="0.45" stop-color="#c92d25"/>') + gradient('blue', '#5f8fc9', '#1f3f73'),
    `${sky}${clouds(random, 5, 70)}${hills(random, 255, 90, '#7e97a0')}${hills(random, 275, 40, '#7a8a58')}<rect y="262" width="${W}" height="80" fill="url(#field)" filter="url(#grass)"/>${tree(random, 70, 300, 92, LEAVES.green)}${tree(random, 590, 296, 80, LEAVES.dark)}<rect y="318" width="${W}" height="162" fill="url(#road)" filter="url(#asphalt)"/>${Array.from({ length: 6 }, (_, k) => `<rect x="${k * 120 - 20}" y="440" width="70" height="7" fill="#e8e3cf"/>`).join('')}${car(400, 356, 120, 'blue')}${car(110, 410, 260, 'red')}`),
  'cat-on-sofa': () => scene(
    gradient('wall', '#cfd6d2', '#aab5b0') + gradient('sofa', '#7b4f78', '#472b4c') + gradient('seat', '#8e5e8a', '#55345a') + texture('cloth', 23, 0.7, 0.7, 0.9) + texture('fur', 29, 0.5, 0.12, 1.5) + gradient('coat', '#e09a4a', '#a8602a') + ball('pillow', '#f1d7a1', '#c99b4e') + gradient('floor', '#a37a52', '#6d4c30') + texture('wood', 31, 0.01, 0.35, 1.2),
    `<rect width="${W}" height="${H}" fill="url(#wall)"/><rect x="60" y="40" width="150" height="110" fill="#f5f1e8"/><rect x="72" y="52" width="126" height="86" fill="#6a95ad"/><path d="M72 138 L120 84 L150 116 L170 98 L198 138 Z" fill="#3f5f4e"/><rect y="400" width="${W}" height="80" fill="url(#floor)" filter="url(#wood)"/>${shadow(320, 428, 300, 16, 0.5)}<rect x="50" y="190" width="540" height="200" rx="34" fill="url(#sofa)" filter="url(#cloth)"/><rect x="92" y="296" width="456" height="108" rx="22" fill="url(#seat)" filter="url(#cloth)"/><rect x="30" y="250" width="74" height="166" rx="30" fill="url(#sofa)" filter="url(#cloth)"/><rect x="536" y="250" width="74" height="166" rx="30" fill="url(#sofa)" filter="url(#cloth)"/><rect x="440" y="212" width="104" height="92" rx="20" fill="url(#pillow)" transform="rotate(8 490 258)"/>
    ${shadow(285, 318, 120, 10, 0.5)}<path d="M392 300 Q438 300 430 258 Q426 238 412 246 Q420 276 384 280 Z" fill="#b86d31"/><g filter="url(#fur)"><ellipse cx="305" cy="276" rx="104" ry="46" fill="url(#coat)"/><circle cx="208" cy="240" r="41" fill="url(#coat)"/><path d="M172 222 L174 178 L202 204 Z M214 203 L240 178 L245 220 Z" fill="#c97f38"/></g><path d="M178 212 L179 190 L193 204 Z M223 203 L236 190 L239 212 Z" fill="#e9b9a0"/>${[260, 296, 332, 366].map((x) => `<path d="M${x} 234 Q${x + 12} 262 ${x} 292" stroke="#8a4c1f" stroke-width="8" fill="none" opacity="0.6"/>`).join('')}<ellipse cx="193" cy="236" rx="6" ry="8" fill="#6f8a2e"/><ellipse cx="223" cy="236" rx="6" ry="8" fill="#6f8a2e"/><ellipse cx="193" cy="236" rx="2" ry="7" fill="#111"/><ellipse cx="223" cy="236" rx="2" ry="7" fill="#111"/><path d="M203 252 H213 L208 258 Z" fill="#c96f66"/>`),
  'balls-on-table': () => scene(
    gradient('wall', '#4f6470', '#2c3940') + gradient('table', '#c08a55', '#84552d') + texture('wood', 37, 0.008, 0.22, 1.4) + ball('red', '#ff8a70', '#a01b12') + ball('green', '#b6e08a', '#2b6b22') + ball('blue', '#8cc3f2', '#173e7c') + ball('gold', '#ffe9a3', '#b5791b') + gradient('cup', '#f4f2ec', '#b6b2a7') + '<radialGradient id="lamp"><stop offset="0" stop-color="#a9bfca" stop-opacity="0.5"/><stop offset="1" stop-color="#a9bfca" stop-opacity="0"/></radialGradient>',
    `<rect width="${W}" height="${H}" fill="url(#wall)"/><ellipse cx="330" cy="40" rx="420" ry="210" fill="url(#lamp)"/><path d="M0 250 H640 V480 H0 Z" fill="url(#table)" filter="url(#wood)"/><rect y="246" width="640" height="7" fill="#e0b27d"/>${shadow(520, 372, 78, 14, 0.5)}<path d="M462 236 H566 L552 366 Q514 378 476 366 Z" fill="url(#cup)"/><ellipse cx="514" cy="236" rx="52" ry="12" fill="#5c3a24"/><path d="M564 262 Q612 262 604 304 Q598 334 556 330" fill="none" stroke="#d5d1c6" stroke-width="11"/>${glossy(330, 300, 62, 'blue')}${glossy(170, 330, 78, 'red')}${glossy(268, 398, 46, 'gold')}${glossy(404, 400, 54, 'green')}`),
  'flowers-in-meadow': (random) => scene(
    gradient('sky', '#a9d1ea', '#f2f6ee') + gradient('meadow', '#7fae4e', '#27571f') + texture('grass', 41, 0.3, 0.05, 1.5) + ball('heart', '#ffd76a', '#a8670c'),
    `${sky}${clouds(random, 3, 60)}${hills(random, 190, 60, '#8fb09a')}<rect y="170" width="${W}" height="310" fill="url(#meadow)" filter="url(#grass)"/>${Array.from({ length: 260 }, () => {
      const y = between(random, 200, 480)
      const x = between(random, 0, W)
      const tall = (y - 160) * 0.2
      return `<path d="M${round(x)} ${round(y)} q${round(between(random, -6, 6))} ${round(-tall * 0.6)} ${round(between(random, -9, 9))} ${round(-tall)}" stroke="${random() > 0.5 ? '#5b8f36' : '#356d26'}" stroke-width="${round(tall * 0.06)}" fill="none" opacity="0.8"/>`
    }).join('')}${[[120, 300, 34, '#e4483b'], [248, 360, 50, '#f3f0ee'], [402, 290, 36, '#7d4bb5'], [520, 372, 56, '#e8628c'], [340, 232, 20, '#f0b429'], [60, 402, 44, '#f0b429'], [466, 226, 18, '#e4483b']].map(([x, y, r, colour]) => `<path d="M${x} ${y} Q${x - r * 0.3} ${y + r * 1.4} ${x + r * 0.2} ${y + r * 2.6}" stroke="#2f6420" stroke-width="${r * 0.13}" fill="none"/>${Array.from({ length: 9 }, (_, k) => `<ellipse cx="${x}" cy="${y - r * 0.62}" rx="${r * 0.27}" ry="${r * 0.46}" fill="${colour}" stroke="#000" stroke-opacity="0.16" transform="rotate(${k * 40 + x} ${x} ${y})"/>`).join('')}<circle cx="${x}" cy="${y}" r="${r * 0.33}" fill="url(#heart)"/>`).join('')}`),
  'night-street': (random) => scene(
    gradient('sky', '#0d1730', '#3b3f5e') + gradient('road', '#2a2d36', '#15171c') + texture('asphalt', 47, 0.8, 0.8, 0.7) + texture('plaster', 53, 0.5, 0.5, 0.8) + ball('moon', '#fbf6e0', '#cfc7a8') + ball('glow', '#ffe2a0', '#ffb84a') + gradient('white', '#cfd5dd', '#6d7684'),
    `${sky}${Array.from({ length: 70 }, () => `<circle cx="${round(between(random, 0, W))}" cy="${round(between(random, 0, 200))}" r="${round(between(random, 0.4, 1.3))}" fill="#fff" opacity="${round(between(random, 0.3, 1))}"/>`).join('')}<circle cx="530" cy="80" r="34" fill="url(#moon)"/>${[[0, 150, 130, '#343a52'], [126, 90, 118, '#2b3046'], [250, 190, 110, '#3f3a4f'], [366, 120, 104, '#2c3448'], [476, 176, 164, '#383c54']].map(([x, y, w, colour]) => `<rect x="${x}" y="${y}" width="${w}" height="${360 - y}" fill="${colour}" filter="url(#plaster)"/>${Array.from({ length: Math.floor(w / 28) * Math.floor((340 - y) / 40) }, (_, k) => {
      const across = Math.floor(w / 28)
      return `<rect x="${x + 10 + (k % across) * 28}" y="${y + 14 + Math.floor(k / across) * 40}" width="14" height="20" fill="${random() > 0.55 ? '#f4cf7c' : '#1b2033'}"/>`
    }).join('')}`).join('')}<rect y="350" width="${W}" height="130" fill="url(#road)" filter="url(#asphalt)"/>${[90, 330, 570].map((x) => `<ellipse cx="${x}" cy="392" rx="90" ry="22" fill="#ffcf7a" opacity="0.28" filter="url(#soft)"/><rect x="${x - 3}" y="206" width="6" height="166" fill="#0f1118"/><circle cx="${x}" cy="200" r="34" fill="#ffce73" opacity="0.35" filter="url(#soft)"/><circle cx="${x}" cy="200" r="12" fill="url(#glow)"/>`).join('')}${car(170, 432, 200, 'white')}`),
  'autumn-bench': (random) => scene(
    gradient('sky', '#d8dee2', '#f4eee0') + gradient('ground', '#b98d4e', '#7a5326') + texture('leaves', 59, 0.16, 0.3, 1.6) + texture('wood', 61, 0.015, 0.4, 1.3) + ball('pumpkin', '#ffb45c', '#b4520f'),
    `${sky}${hills(random, 250, 70, '#b3a58d')}${hills(random, 275, 50, '#a07a45')}<rect y="262" width="${W}" height="218" fill="url(#ground)" filter="url(#leaves)"/>${tree(random, 96, 350, 190, LEAVES.autumn)}${tree(random, 570, 318, 140, LEAVES.autumn)}${shadow(330, 412, 150, 12, 0.45)}${[206, 440].map((x) => `<rect x="${x}" y="286" width="13" height="124" fill="#2f3236"/>`).join('')}${[276, 300, 324].map((y) => `<rect x="186" y="${y}" width="288" height="17" rx="3" fill="#8d5a2f" filter="url(#wood)"/>`).join('')}<path d="M180 352 H482 L494 378 H168 Z" fill="#9c6635" filter="url(#wood)"/>${[[528, 424, 46], [594, 440, 30]].map(([x, y, r]) => `${shadow(x + 8, y + r * 0.8, r * 1.1, 9, 0.5)}<ellipse cx="${x}" cy="${y}" rx="${r}" ry="${r * 0.82}" fill="url(#pumpkin)"/>${[-0.55, 0, 0.55].map((k) => `<ellipse cx="${x + r * k * 0.6}" cy="${y}" rx="${r * 0.3}" ry="${r * 0.8}" fill="none" stroke="#93420b" stroke-width="2" opacity="0.6"/>`).join('')}<rect x="${x - 4}" y="${y - r * 1.02}" width="8" height="${r * 0.3}" fill="#55622b"/>`).join('')}`),
}

/** A camera's grain: normal noise of `deviation` grey levels on every pixel. */
async function grained(svg, seed, deviation) {
  const random = numbers(seed)
  const { data, info } = await sharp(Buffer.from(svg)).flatten().blur(0.6).raw().toBuffer({ resolveWithObject: true })
  for (let k = 0; k < data.length; k += info.channels) {
    const noise = deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    for (let c = 0; c < 3; c++) data[k + c] = Math.max(0, Math.min(255, Math.round(data[k + c] + noise)))
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
}

let seed = 1
for (const [name, draw] of Object.entries(SCENES)) {
  const picture = await grained(draw(numbers(seed * 101)), seed * 7919, 3.5)
  let quality = 88
  let bytes = await picture.clone().jpeg({ quality, mozjpeg: true }).toBuffer()
  while (bytes.length > MOST_BYTES) {
    quality -= 4
    bytes = await picture.clone().jpeg({ quality, mozjpeg: true }).toBuffer()
  }
  writeFileSync(join(HERE, `${name}.jpg`), bytes)
  process.stdout.write(`${name}.jpg ${bytes.length} bytes, quality ${quality}\n`)
  seed += 1
}
