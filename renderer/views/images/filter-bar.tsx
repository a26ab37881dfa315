import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Input, SearchField } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { ImageFilter, ImageOrder } from '../../../main/contract/images.ts'
import { SelectField } from '../../components/select-field.tsx'
import { usePage } from '../page-context.tsx'
import { tidyFilter } from '../state/image-filter.ts'
import { usePart } from '../state/use-part.ts'
import { FilterDetails } from './filter-details.tsx'
import './filter-bar.css'

/** ms of quiet typing before the list is searched */
const TYPING_MS = 250

type Show = 'all' | 'new' | 'working' | 'done' | 'pending' | 'problem'
type Shown = Pick<ImageFilter, 'state' | 'withPending' | 'withProblem'>
const SHOWN: Readonly<Record<Show, Shown>> = { all: {}, new: { state: ['new'] }, working: { state: ['working'] }, done: { state: ['done'] }, pending: { withPending: true }, problem: { withProblem: true } }
const SHOWS = Object.keys(SHOWN) as Show[]
const ORDERS: readonly ImageOrder[] = ['folder', 'class', 'uncertainty']

const showOf = ({ state, withPending, withProblem }: ImageFilter): Show => (withPending === true ? 'pending' : withProblem === true ? 'problem' : (state?.[0] ?? 'all'))

/** Which images the lists show, and in which order. */
export function FilterBar() {
  const { t } = useTranslation()
  const { images } = usePage()
  const filter = usePart(images, (state) => state.filter)
  /** null: nothing is being typed, so what is in force is shown */
  const [draft, setDraft] = useState<string | null>(null)
  const ask = (next: ImageFilter) => {
    const tidy = tidyFilter(next)
    if (JSON.stringify(tidy) !== JSON.stringify(images.state().filter)) images.setFilter(tidy)
  }
  useEffect(() => {
    if (draft === null) return undefined
    const timer = setTimeout(() => {
      const tidy = tidyFilter({ ...images.state().filter, text: draft })
      if (JSON.stringify(tidy) !== JSON.stringify(images.state().filter)) images.setFilter(tidy)
      setDraft(null)
    }, draft === '' ? 0 : TYPING_MS)
    return () => clearTimeout(timer)
  }, [images, draft])
  const choose = (show: Show) => {
    const { state: _s, withPending: _p, withProblem: _b, ...others } = filter
    ask({ ...others, ...SHOWN[show] })
  }
  return (
    <div className="filter-bar">
      <SelectField className="filter-bar-show" label={t('images.filter')} bare value={showOf(filter)} onChange={choose} choices={SHOWS.map((id) => ({ id, name: t(`images.show.${id}`) }))} />
      <SearchField className="filter-bar-search" aria-label={t('images.find')} value={draft ?? filter.text ?? ''} onChange={setDraft}>
        <Search aria-hidden />
        <Input className="field-input" placeholder={t('images.find')} />
      </SearchField>
      <FilterDetails filter={filter} onChange={ask} />
      <SelectField className="filter-bar-order" label={t('images.order')} bare value={filter.order ?? 'folder'} onChange={(order) => ask({ ...filter, order })} choices={ORDERS.map((id) => ({ id, name: t(`images.orders.${id}`) }))} />
    </div>
  )
}
