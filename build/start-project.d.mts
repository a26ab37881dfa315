export function projectArguments(options: { readonly project?: string; readonly images?: string }): string[]
