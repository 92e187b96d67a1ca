/** Processor time of processes, from /proc: what a request costs, however much else the machine has to do. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** False where the system has no /proc: then the bench does without. */
export const canMeasure = existsSync('/proc/self/stat')

/** User and system time of one process in milliseconds, and of those of its children that have ended. */
export function timeOf(pid: number): number {
  return statOf(pid).ms
}

/** The same of a process and everything that it has started: PostgreSQL with its backends. */
export function timeOfTree(pid: number): number {
  return readdirSync('/proc').reduce((sum, name) => {
    if (!/^\d+$/.test(name)) return sum
    try {
      const { parent, ms } = statOf(Number(name))
      return parent === pid || Number(name) === pid ? sum + ms : sum
    } catch {
      // It ended while we were looking; its parent has its time now.
      return sum
    }
  }, 0)
}

export function parentOf(pid: number): number {
  return statOf(pid).parent
}

/** Resident memory in MB. */
export function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** USER_HZ, which Linux keeps at 100 for every program that reads /proc. */
const msPerTick = 10

function statOf(pid: number): { parent: number; ms: number } {
  // The second field is the name in brackets, which may hold anything.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const [, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system, childrenUser, childrenSystem] = rest.slice(9, 13).map(Number)
  return { parent: Number(parent), ms: (user! + system! + childrenUser! + childrenSystem!) * msPerTick }
}
