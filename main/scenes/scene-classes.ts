/** A class of the little world. */
export interface SceneClass {
  readonly name: string
  readonly plural: string
  readonly extent: 'thing' | 'stuff'
  /** '#rrggbb' */
  readonly colour: string
}

const stuff = (name: string, colour: string): SceneClass => ({ name, plural: name, extent: 'stuff', colour })
const thing = (name: string, colour: string): SceneClass => ({ name, plural: `${name}s`, extent: 'thing', colour })

/** All classes; a label PNG's value is the place in this list. */
export const SCENE_CLASSES = [
  stuff('sky', '#8ec9f0'), stuff('grass', '#5fae46'), stuff('water', '#2f7fb5'), stuff('sand', '#e0c07a'),
  stuff('snow', '#eef4fa'), stuff('road', '#6b6b70'), stuff('wall', '#c98f72'), stuff('floor', '#a87445'),
  thing('house', '#d9534f'), thing('tree', '#2f6b2f'), thing('car', '#7d3fb2'), thing('boat', '#f28e2b'),
  thing('sun', '#ffd21f'), thing('cloud', '#b9c4cf'), thing('ball', '#ff4f9a'), thing('flower', '#e15fe0'),
  thing('cat', '#4a3b32'), thing('chair', '#1fb5a8'), thing('table', '#8c5a2b'), thing('lamp', '#f5e663'),
] as const satisfies readonly SceneClass[]

const PLACES = new Map<string, number>(SCENE_CLASSES.map(({ name }, place) => [name, place]))

/** Place of a class in the list; throws RangeError for a name that is none. */
export function placeOf(name: string): number {
  const place = PLACES.get(name)
  if (place === undefined) throw new RangeError(`${name} is no class of the little world`)
  return place
}
