import type { TeamMember } from '../../../main/contract/team.ts'
import './team.css'

const letters = new Intl.Segmenter()
const firstOf = (word: string): string => [...letters.segment(word)][0]?.segment ?? ''

/** One of the six colours of avatars, the same for a name on every page. */
const toneOf = (name: string): number => new TextEncoder().encode(name).reduce((sum, byte) => (sum * 31 + byte) % 997, 7) % 6

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/)
  return (words.length > 1 ? firstOf(words[0]) + firstOf(words[words.length - 1]) : firstOf(words[0])).toUpperCase()
}

/** Somebody as one or two letters on a colour; whoever reads aloud gets the name from beside it. */
export function Avatar({ member, className = '' }: { readonly member: TeamMember; readonly className?: string }) {
  return <span aria-hidden title={member.name} className={`avatar avatar-tone-${toneOf(member.name)} ${member.editing ? 'avatar-editing' : ''} ${className}`}>{initialsOf(member.name)}</span>
}
