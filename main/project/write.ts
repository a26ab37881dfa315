import type Database from 'better-sqlite3'

/**
 * Makes `action` one write transaction: all of it is stored, or, when it throws, nothing. It takes the write lock at
 * its start (IMMEDIATE), so that what it reads is still true when it writes. Inside another one it is a savepoint.
 */
export function writing<I extends readonly unknown[], O>(db: Database.Database, action: (...input: I) => O): (...input: I) => O {
  const transaction = db.transaction((...input: unknown[]) => action(...(input as unknown as I)))
  return (...input) => transaction.immediate(...input)
}
