export function bundlePageWhenNeeded(): void
export function bundleDesktopWhenNeeded(): void
