import { useTranslation } from 'react-i18next'
import { deviceProblem, deviceTitle, isOfRuntime } from './device-problem.ts'
import './explained.css'

/** A sentence that unfolds to what a program said, which stays in English. */
function Explained({ children, raw }: { readonly children: string; readonly raw: string }) {
  return (
    <details className="explained">
      <summary>{children}</summary>
      <code lang="en">{raw}</code>
    </details>
  )
}

/** Devices that are not used, and why. */
export function NotTaken({ devices }: { readonly devices: readonly { readonly device: string; readonly reason: string }[] }) {
  const { t } = useTranslation()
  return devices.map(({ device, reason }) => <Explained key={device} raw={reason}>{t(`notTaken.${deviceProblem(reason)}`, { device: deviceTitle(device) })}</Explained>)
}

/** Why work with models failed. */
export function ModelProblem({ message }: { readonly message: string }) {
  const { t } = useTranslation()
  if (!isOfRuntime(message)) return <span>{message}</span>
  return <Explained raw={message}>{t(deviceProblem(message) === 'memory' ? 'models.noMemory' : 'models.cannotRun')}</Explained>
}
