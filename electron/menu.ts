import { Menu, type MenuItemConstructorOptions, app } from 'electron'

/** Only what the system expects: everything else is a command of the page, with its keys. No roles for undo: Ctrl+Z is the page's. */
export function setMenu(): void {
  const own: MenuItemConstructorOptions[] = process.platform === 'darwin'
    ? [{ label: app.name, submenu: [{ role: 'about' }, { type: 'separator' }, { role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }, { type: 'separator' }, { role: 'quit' }] }]
    : [{ label: '&File', submenu: [{ role: 'quit' }] }]
  Menu.setApplicationMenu(Menu.buildFromTemplate([
    ...own,
    { label: '&Edit', submenu: [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }] },
    { label: '&View', submenu: [{ role: 'togglefullscreen' }, { role: 'toggleDevTools' }] },
    { label: '&Window', submenu: [{ role: 'minimize' }, { role: 'close' }] },
  ]))
}
