import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { IconButton } from './icon-button.tsx'
import { useKeepFocus } from './keep-focus.ts'
import './dialog.css'

interface DialogProps {
  readonly title: string
  readonly children: ReactNode
  /** buttons, the main one last */
  readonly footer?: ReactNode
  readonly width?: 'narrow' | 'middle' | 'wide' | 'full'
  readonly onClose: () => void
  /** false while work runs that closing would hide */
  readonly dismissable?: boolean
}

/** A modal dialog: traps the focus (nothing that vanishes takes it along), Esc closes it, the focus goes back where it was. */
export function Dialog({ title, children, footer, width = 'middle', onClose, dismissable = true }: DialogProps) {
  const { t } = useTranslation()
  const frame = useKeepFocus()
  return (
    <ModalOverlay className="scrim" isOpen isDismissable={dismissable} isKeyboardDismissDisabled={!dismissable} onOpenChange={(open) => { if (!open) onClose() }}>
      <Modal className={`dialog dialog-${width}`}>
        <AriaDialog ref={frame} className="dialog-frame">
          <header className="dialog-header">
            <Heading slot="title" level={2}>{title}</Heading>
            <IconButton icon={X} label={t('common.close')} onPress={onClose} disabled={!dismissable} />
          </header>
          <div className="dialog-body">{children}</div>
          {footer === undefined ? null : <footer className="dialog-footer">{footer}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
