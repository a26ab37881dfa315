const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`)

/** Condition and value for a column that holds `text` anywhere; ASCII letters match in either case. */
export const likeAnywhere = (column: string, text: string): readonly [string, string] => [`${column} LIKE ? ESCAPE '\\'`, `%${escaped(text)}%`]

/** Condition and value for a column that begins with `text`. */
export const likePrefix = (column: string, text: string): readonly [string, string] => [`${column} LIKE ? ESCAPE '\\'`, `${escaped(text)}%`]
