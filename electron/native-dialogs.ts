import { BrowserWindow, type OpenDialogOptions, type SaveDialogOptions, dialog } from 'electron'
import type { PickPurpose } from '../main/contract/files.ts'
import type { Dialogs } from '../main/engine/engine.ts'

const PROJECTS = { name: 'Maskwright project', extensions: ['maskwright'] }
const COCO = { name: 'COCO', extensions: ['json'] }
/** Data sets of one file; folders are chosen as folders. */
const DATA_SETS = { name: 'COCO, Datumaro, labelme, CVAT', extensions: ['json', 'xml'] }

type Question = { readonly open: OpenDialogOptions } | { readonly save: SaveDialogOptions }
const QUESTIONS: Readonly<Record<PickPurpose, Question>> = {
  'image-folder': { open: { properties: ['openDirectory'] } },
  'project-open': { open: { properties: ['openFile'], filters: [PROJECTS] } },
  'project-create': { save: { filters: [PROJECTS] } },
  import: { open: { properties: ['openFile'], filters: [DATA_SETS] } },
  compare: { open: { properties: ['openFile'], filters: [{ name: 'Maskwright, COCO, Datumaro, labelme, CVAT', extensions: ['maskwright', 'json', 'xml'] }] } },
  export: { save: {} },
  backup: { open: { properties: ['openDirectory', 'createDirectory'] } },
  'pack-folder': { open: { properties: ['openDirectory'] } },
  log: { open: { properties: ['openDirectory', 'createDirectory'] } },
}
const isPurpose = (purpose: string): purpose is PickPurpose => Object.hasOwn(QUESTIONS, purpose)

/** Native file dialogs. The paths they give go to the engine, which hands the page grants. */
export const nativeDialogs: Dialogs = {
  async pick(purpose, suggestedName) {
    if (!isPurpose(purpose)) return []
    const question = QUESTIONS[purpose]
    const parent = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows().at(0)
    if ('open' in question) {
      const answer = await (parent === undefined ? dialog.showOpenDialog(question.open) : dialog.showOpenDialog(parent, question.open))
      return answer.canceled ? [] : answer.filePaths
    }
    // a filter would give the folder of a folder format an extension
    const filters = purpose === 'export' && suggestedName?.toLowerCase().endsWith('.json') === true ? { filters: [COCO] } : {}
    const options = suggestedName === undefined ? question.save : { ...question.save, ...filters, defaultPath: suggestedName }
    const answer = await (parent === undefined ? dialog.showSaveDialog(options) : dialog.showSaveDialog(parent, options))
    return answer.canceled || answer.filePath === '' ? [] : [answer.filePath]
  },
}
