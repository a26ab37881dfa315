import type { OutputOf, ParsedInputOf, ProcedureName } from './procedures.ts'

/** One handler per procedure; `caller` is whatever the engine knows of who asks. */
export type Handler<N extends ProcedureName, Caller> = (input: ParsedInputOf<N>, caller: Caller) => OutputOf<N> | Promise<OutputOf<N>>
/** The whole map: a missing or wrongly typed handler is a compile error. */
export type Handlers<Caller> = { [N in ProcedureName]: Handler<N, Caller> }
/** The handlers of some nouns: what one slice of the engine contributes. */
export type SomeHandlers<N extends ProcedureName, Caller> = { [K in N]: Handler<K, Caller> }
