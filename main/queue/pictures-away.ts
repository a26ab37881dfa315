/** The place of the pictures can't be reached just now; no fault of the image's, so it costs it no try. */
export class PicturesAway extends Error {
  /** true: it was never reached from here, so that it is the command line that is wrong */
  readonly never: boolean
  constructor(message: string, options: { never?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'PicturesAway'
    this.never = options.never ?? false
  }
}
