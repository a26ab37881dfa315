import type { RefObject } from 'react'
import { Dialog, Popover } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { CLASS_PALETTE } from '../../theme/palette.ts'

interface ColourChooserProps {
  readonly anchor: RefObject<HTMLElement | null>
  readonly open: boolean
  readonly onClose: () => void
  readonly name: string
  readonly colour: string
  readonly onChoose: (colour: string) => void
}

/** Colours for a class that are told apart with any common colour blindness. */
export function ColourChooser({ anchor, open, onClose, name, colour, onChoose }: ColourChooserProps) {
  const { t } = useTranslation()
  return (
    <Popover className="popover" triggerRef={anchor} isOpen={open} onOpenChange={(next) => { if (!next) onClose() }} placement="bottom start">
      <Dialog className="colour-chooser" aria-label={t('classes.colourOf', { name })}>
        <div className="colour-grid">
          {CLASS_PALETTE.map((entry) => (
            <button
              key={entry.colour}
              type="button"
              className="colour-grid-swatch"
              style={{ backgroundColor: entry.colour }}
              aria-label={t(`colour.${entry.name}`)}
              title={t(`colour.${entry.name}`)}
              aria-pressed={entry.colour === colour}
              onClick={() => {
                onChoose(entry.colour)
                onClose()
              }}
            />
          ))}
        </div>
      </Dialog>
    </Popover>
  )
}
