/** The same keys with any words: another language that misses a key fails the type check. */
export type Shape<T> = { readonly [K in keyof T]: T[K] extends string ? string : Shape<T[K]> };
