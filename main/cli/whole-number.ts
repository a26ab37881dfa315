import { InvalidArgumentError } from 'commander'

/** Parser of an option that takes a whole number in a range. */
export const wholeFrom = (low: number, high: number) => (text: string): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < low || value > high) throw new InvalidArgumentError(`a whole number from ${low} to ${high} is wanted.`)
  return value
}
