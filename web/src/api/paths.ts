import type { paths } from './schema'

type Filled<P> = P extends `${infer Head}{${infer Name}}${infer Tail}` ? `${Head}${Name extends 'date' | 'month' | 'list' | 'period' ? string : number}${Filled<Tail>}` : P

/** The paths under /api/v1 that answer to this method, with numbers in the braces, or a day, month or name of a list. */
export type PathOf<Method extends string> = {
  [P in keyof paths]: paths[P] extends Record<Method, { responses: unknown }> ? Filled<P> : never
}[keyof paths]
