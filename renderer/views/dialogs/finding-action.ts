/** Key of the translations for what is done about a finding: readers and writers say it in English, and these are the English words. */
export const actionKey = (action: string): string => `report.done.${action.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')}`
