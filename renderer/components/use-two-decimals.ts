import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

/** Scores, IoUs and the like as the person's language writes them, with two decimals. */
export function useTwoDecimals(): (value: number) => string {
  const { i18n } = useTranslation()
  return useMemo(() => {
    const format = new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
    return (value) => format.format(value)
  }, [i18n.language])
}
