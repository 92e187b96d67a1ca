/** How far an operation is that has parts: each counts its own steps, and who looks on sees one count. */

export type Told = (step: number, steps: number, doing: string) => Promise<void>

/** For a part that stands behind `before` steps and in front of `later` ones. */
export function within(told: Told, before: number, later: number): Told {
  return (step, steps, doing) => told(before + step, before + steps + later, doing)
}
