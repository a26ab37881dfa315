import { createRandom, type Random } from './random.ts'
import { SCENE_CLASSES } from './scene-classes.ts'

/** What is named of a scene: a class, and how many of it are seen. */
interface Named {
  readonly place: number
  readonly count: number
}

const NUMBERS = ['', '', 'two', 'three', 'four', 'five', 'six']
/** Grounds that English has no article for. */
const MASSES: ReadonlySet<string> = new Set(['grass', 'water', 'sand', 'snow'])
const BEHIND: ReadonlySet<string> = new Set(['sky', 'wall'])

/**
 * A sentence that names every class that is seen and no other; order and wording vary with the seed.
 * @param places class of every object that is seen
 */
export function sceneCaption(places: readonly number[], seed: number): string {
  const random = createRandom(seed ^ 0x7c3a11)
  const counts = new Map<number, number>()
  for (const place of places) counts.set(place, (counts.get(place) ?? 0) + 1)
  const all = random.shuffled([...counts].map(([place, count]): Named => ({ place, count })))
  const phrase = (named: Named): string => nounPhrase(named, random)
  const things = all.filter(({ place }) => SCENE_CLASSES[place].extent === 'thing')
  const stuff = all.filter(({ place }) => SCENE_CLASSES[place].extent === 'stuff')
  const form = random.whole(0, 5)
  if (form <= 1) return `a photo of ${listed(all.map(phrase))}.`
  if (form === 2) return `${listed(all.map(phrase))}.`
  if (form === 3) return `there ${(all[0].count > 1 && !MASSES.has(SCENE_CLASSES[all[0].place].name)) ? 'are' : 'is'} ${listed(all.map(phrase))} in the picture.`
  const grounds = stuff.filter(({ place }) => !BEHIND.has(SCENE_CLASSES[place].name))
  const backs = stuff.filter(({ place }) => BEHIND.has(SCENE_CLASSES[place].name))
  const subject = things.length === 0 ? grounds : things
  if (subject.length === 0 || subject === grounds) return `a picture of ${listed(all.map(phrase))}.`
  const where = grounds.length === 0 ? '' : ` ${form === 4 ? 'on' : 'with'} ${listed(grounds.map(phrase))}`
  const behind = backs.length === 0 ? '' : ` and ${listed(backs.map(phrase))} behind`
  return `${listed(subject.map(phrase))}${where}${behind}.`
}

function nounPhrase({ place, count }: Named, random: Random): string {
  const { name, plural, extent } = SCENE_CLASSES[place]
  if (extent === 'stuff') return MASSES.has(name) ? name : `${random.pick(['a', 'the'])} ${name}`
  if (count === 1) return `${random.pick(['a', 'a', 'one'])} ${name}`
  return random.chance(0.5) ? `${NUMBERS[count] ?? 'many'} ${plural}` : plural
}

const listed = (phrases: readonly string[]): string => (phrases.length < 2 ? phrases.join('') : `${phrases.slice(0, -1).join(', ')} and ${phrases[phrases.length - 1]}`)
