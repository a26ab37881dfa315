import { Boxes, Brain, ChevronDown, CircleHelp, Compass, Download, FolderOpen, FolderPlus, GitCompareArrows, HardDriveDownload, Images, Languages, ScrollText, Sparkles, SquarePlus, Upload, X } from 'lucide-react'
import { Button as AriaButton, Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu } from '../../components/menu.tsx'
import { LANGUAGES, rememberLanguage } from '../../translations/languages.ts'
import { useEditor, useKeyOf, useMay, usePage } from '../page-context.tsx'
import { TeamList } from '../team/team-list.tsx'
import { LookMenu } from './look-menu.tsx'
import mark from '../../theme/mark.svg'
import './top-bar.css'

/** Project, what goes in and out of it, and how the page looks. */
export function TopBar() {
  const { t } = useTranslation()
  const page = usePage()
  const may = useMay()
  const keyOf = useKeyOf()
  const project = useEditor((state) => state.project)
  const open = async () => {
    const grant = await page.pick('project-open', 'file')
    if (grant !== null) await page.openProject(grant.grant)
  }
  const backUp = async () => {
    const backup = await page.attempt(() => page.client.call('project.backup', {}))
    page.engine.clearProgress()
    if (backup !== undefined) page.notices.add('info', t('notice.backedUp', { where: backup.display }))
  }
  return (
    <header className="top-bar" data-pane="top">
      <Menu
        label={t('project.menu')}
        trigger={(
          <AriaButton className="button button-quiet top-bar-project">
            <img className="top-bar-mark" src={mark} alt="" />
            <span className="only-read-aloud">{t('project.menu')}: </span>
            <span className="top-bar-name">{project?.name ?? 'Maskwright'}</span>
            <ChevronDown aria-hidden />
          </AriaButton>
        )}
        entries={[
          ...(may('project.create') ? [{ id: 'create', name: t('project.create'), icon: SquarePlus, onChoose: () => page.show('create') }] : []),
          ...(may('project.open') ? [{ id: 'open', name: t('project.open'), icon: FolderOpen, onChoose: () => void open() }] : []),
          ...(may('packs.list') ? [{ id: 'models', name: t('models.menu'), icon: Boxes, onChoose: () => page.show('models') }] : []),
          ...(project === null ? [] : [
            ...(may('project.open') ? [{ id: 'line', line: true } as const] : []),
            ...(may('folder.add') ? [{ id: 'folders', name: t('folders.manage'), icon: Images, onChoose: () => page.show('folders') }] : []),
            { id: 'memory', name: t('memory.menu'), icon: Brain, onChoose: () => page.show('memory') },
            ...(may('agreement.check') ? [{ id: 'agreement', name: t('agreement.menu'), icon: GitCompareArrows, onChoose: () => page.show('agreement') }] : []),
            ...(may('project.backup') ? [{ id: 'backup', name: t('project.backup'), icon: HardDriveDownload, onChoose: () => void backUp() }] : []),
            ...(may('app.log') ? [{ id: 'log', name: t('log.title'), icon: ScrollText, onChoose: () => page.show('log') }] : []),
            { id: 'tour', name: t('tour.again'), icon: Compass, onChoose: () => page.layout.set({ tourSeen: false }) },
            ...(may('project.close') ? [{ id: 'line2', line: true } as const] : []),
            ...(may('project.close') ? [{ id: 'close', name: t('project.close'), icon: X, onChoose: () => void page.closeProject() }] : []),
          ]),
        ]}
      />
      <div className="top-bar-space" />
      {project === null ? null : (
        <>
          {may('folder.add') ? <Button kind="quiet" icon={FolderPlus} onPress={() => page.show('folders')}>{t('folders.short')}</Button> : null}
          {may('import.apply') ? <Button kind="quiet" icon={Download} onPress={() => page.show('import')}>{t('import.short')}</Button> : null}
          {may('export.write') ? <Button kind="quiet" icon={Upload} onPress={() => page.show('export')}>{t('export.short')}</Button> : null}
          {may('prelabel.start') ? <Button kind="main" icon={Sparkles} disabled={project.imageCount === 0} onPress={() => page.show('prelabel')}>{t('prelabel.short')}</Button> : null}
        </>
      )}
      <TeamList />
      <div className="top-bar-tail">
        <LookMenu />
        <LanguageMenu />
        <IconButton icon={CircleHelp} label={t('command.help.keys')} keyName={keyOf('help.keys')} onPress={() => page.show('keys')} />
      </div>
    </header>
  )
}

function LanguageMenu() {
  const { t, i18n } = useTranslation()
  return (
    <MenuTrigger>
      <AriaButton className="icon-button" aria-label={t('language.menu')}><Languages aria-hidden /></AriaButton>
      <Popover className="popover" placement="bottom end">
        <AriaMenu
          className="menu"
          aria-label={t('language.menu')}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[i18n.resolvedLanguage ?? 'en']}
          onAction={(key) => {
            rememberLanguage(String(key))
            void i18n.changeLanguage(String(key))
          }}
        >
          {LANGUAGES.map((language) => (
            <MenuItem key={language.id} id={language.id} textValue={language.name} className="menu-item menu-item-marked">
              <span className="menu-item-name" lang={language.id}>{language.name}</span>
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  )
}
