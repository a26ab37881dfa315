import { MonitorCog, Moon, Sun } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Button as AriaButton, Header, Menu as AriaMenu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { ThemeChoice } from '../../theme/theme-choice.ts'
import { usePage } from '../page-context.tsx'
import { DENSITIES } from '../state/layout-choices.ts'
import { usePart } from '../state/use-part.ts'

const THEMES: readonly { readonly id: ThemeChoice; readonly icon: typeof Sun }[] = [{ id: 'system', icon: MonitorCog }, { id: 'dark', icon: Moon }, { id: 'light', icon: Sun }]

/** How the page looks: theme, density, and patterns for who can't tell the colours apart. */
export function LookMenu() {
  const { t } = useTranslation()
  const { theme, layout } = usePage()
  const choice = useSyncExternalStore(theme.subscribe, theme.choice)
  const density = usePart(layout, (state) => state.density)
  const patterns = usePart(layout, (state) => state.patterns)
  const Icon = THEMES.find((entry) => entry.id === choice)?.icon ?? MonitorCog
  return (
    <MenuTrigger>
      <AriaButton className="icon-button" aria-label={t('look.menu')}><Icon aria-hidden /></AriaButton>
      <Popover className="popover" placement="bottom end">
        <AriaMenu className="menu" aria-label={t('look.menu')}>
          <MenuSection className="menu-section" selectionMode="single" disallowEmptySelection selectedKeys={[choice]}>
            <Header className="menu-heading">{t('theme.menu')}</Header>
            {THEMES.map((entry) => (
              <MenuItem key={entry.id} id={entry.id} textValue={t(`theme.${entry.id}`)} className="menu-item menu-item-marked" onAction={() => theme.set(entry.id)}>
                <entry.icon aria-hidden />
                <span className="menu-item-name">{t(`theme.${entry.id}`)}</span>
              </MenuItem>
            ))}
          </MenuSection>
          <MenuSection className="menu-section" selectionMode="single" disallowEmptySelection selectedKeys={[density]}>
            <Header className="menu-heading">{t('look.density')}</Header>
            {DENSITIES.map((id) => (
              <MenuItem key={id} id={id} textValue={t(`look.${id}`)} className="menu-item menu-item-marked" onAction={() => layout.set({ density: id })}>
                <span className="menu-item-name">{t(`look.${id}`)}</span>
              </MenuItem>
            ))}
          </MenuSection>
          <MenuSection className="menu-section" selectionMode="multiple" selectedKeys={patterns ? ['patterns'] : []}>
            <Header className="menu-heading">{t('look.classes')}</Header>
            <MenuItem id="patterns" textValue={t('look.patterns')} className="menu-item menu-item-marked" onAction={() => layout.set({ patterns: !patterns })}>
              <span className="menu-item-name">{t('look.patterns')}</span>
            </MenuItem>
          </MenuSection>
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  )
}
