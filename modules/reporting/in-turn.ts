/** Does something to each, one after the other. */
export async function inTurn<T, R>(all: readonly T[], run: (each: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = []
  for (const each of all) done.push(await run(each))
  return done
}
