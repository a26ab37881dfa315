import { userInfo } from 'node:os'

/** Who works here, as edits are signed: the name of the account, or 'person' where the account has none. */
export function personsName(): string {
  try {
    return userInfo().username
  } catch {
    // a user id without an entry in the password file
    return 'person'
  }
}
