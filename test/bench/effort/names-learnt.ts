import { REGION_TRAITS } from '../../../main/attention/region-traits.ts'
import { chooseScoreHead } from '../../../main/memory/score-head.ts'
import type { Figure } from '../figures.ts'
import { fusionOf, openScenes, rightNames, type RightNames, type SceneProject, type Wording } from './fused-names.ts'

/** Scenes that are labelled, and those whose names are judged: neither has chosen anything. */
const TAUGHT_SEED = 3_000_000, TEST_SEED = 3_000_100

/** Names of the demo pack's proposals on its test scenes, before and after some scenes are labelled. */
export async function namesLearnt(): Promise<Record<string, Figure>> {
  const scenes = await openScenes()
  try {
    return { ...await figuresOf(await scenes.project('known words'), 'known words'), ...await figuresOf(await scenes.project('own words'), 'own words') }
  } finally {
    await scenes.close()
  }
}

async function figuresOf(project: SceneProject, wording: Wording): Promise<Record<string, Figure>> {
  const figures: Record<string, Figure> = {}
  const taught = await project.see(TAUGHT_SEED, 20), unseen = await project.see(TEST_SEED, 40)
  const note = (after: string, right: RightNames, least: Partial<RightNames> = {}, than = 'none'): void => {
    for (const [key, what] of [['miou', 'mIoU'], ['pixels', 'px named right'], ['names', 'names right']] as const) {
      const wanted = least[key]
      figures[`demo scenes, ${wording}: ${what} after ${after}`] = { value: right[key], unit: 'share', ...(wanted === undefined ? { target: 'none', holds: null } : { target: than, holds: right[key] >= wanted }) }
    }
  }
  note('0', rightNames(unseen, null))
  for (const labelled of [1, 2, 5, 10, 20]) {
    const scenes = taught.slice(0, labelled), kept = scenes.flatMap(({ lessons }) => lessons)
    const rejecting = [...kept, ...scenes.flatMap(({ rejections }) => rejections)]
    const fusion = await fusionOf(kept, project.textOf), both = rightNames(unseen, fusion)
    for (const [also, lessons, learnt] of [['', kept, both], [', wrong ones rejected', rejecting, rightNames(unseen, await fusionOf(rejecting, project.textOf))]] as const) {
      const votes = rightNames(unseen, await fusionOf(lessons, project.textOf, false))
      note(`${labelled}${also}, votes alone`, votes)
      note(`${labelled}${also}, votes and traits`, learnt, { names: votes.names }, 'not below the votes alone')
    }
    const head = await chooseScoreHead(kept, project.textOf, REGION_TRAITS, () => Promise.resolve(true))
    const made = head ? rightNames(await project.propose(unseen, head), fusion) : both
    note(`${labelled}, ${head ? 'made with a head on the features' : 'no head on the features was chosen'}`, made, { miou: both.miou }, 'not below votes and traits')
  }
  return figures
}
