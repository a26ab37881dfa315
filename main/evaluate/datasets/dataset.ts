/** How the values of a truth PNG become places in the class list: value → class, or null for unjudged. */
export type TruthCoding = (value: number) => number | null

/** One picture of a dataset with its truth; absolute paths. */
export interface DatasetItem {
  /** unique in the dataset, stable between runs */
  readonly id: string
  readonly photo: string
  readonly truth: string
}

/** A public dataset as it lies on disk. */
export interface Dataset {
  readonly name: string
  readonly classes: readonly string[]
  readonly coding: TruthCoding
  readonly items: readonly DatasetItem[]
  /** the finer classes that ticks and a person's regions are of, where predictions are judged on coarser ones (COCO-Stuff's 171) */
  readonly fine?: { readonly names: readonly string[]; readonly coding: TruthCoding }
  /** true: the published code divides each class by its sum before it refines ticked scores on this set (Cityscapes, REFERENCE §6 D11) */
  readonly normalisesColumns?: boolean
  /** place of a finer class name that a method may be asked for (COCO-Stuff's 171), or undefined */
  readonly coarseOf?: (name: string) => number | undefined
  /** softmax temperature and background rule the report uses on this set (REFERENCE §6) */
  readonly settings: { readonly temperature: number; readonly background: 'none' | 'report' }
}

/** Reads a dataset under `root`; throws EngineError 'not-found' naming the folder or list that is missing. */
export type DatasetReader = (root: string, split: string) => Promise<Dataset>
