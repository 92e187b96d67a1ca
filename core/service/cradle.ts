/** Things by name, each made when it is first asked for, from all the others. */

/** Makes one of them; `bound` is what its cradle was opened with. */
export type Make<S, B> = (services: S, bound: B) => unknown

/**
 * A function that opens cradles with one instance of each thing. All of them share the getters: an object with accessors of its own
 * outlives its request, since V8 keeps those with what it knows of all objects until the whole memory is tidied up.
 */
export function cradlesOf<S extends object, B>(makers: ReadonlyMap<string, Make<S, B>>): (bind: (services: S) => B) => S {
  class Cradle {
    readonly #made = new Map<string, unknown>()
    #bound: B | undefined = undefined

    static open(bind: (services: S) => B): S {
      const cradle = new Cradle()
      const services = cradle as unknown as S
      cradle.#bound = bind(services)
      return services
    }
    static share(name: string, make: Make<S, B>): void {
      Object.defineProperty(Cradle.prototype, name, {
        get(this: Cradle) {
          const known = this.#made.get(name)
          return known === undefined ? this.#make(name, make) : known
        },
      })
    }

    #make(name: string, make: Make<S, B>): unknown {
      if (this.#made.has(name)) throw new TypeError(`The service "${name}" needs itself to be made.`)
      this.#made.set(name, undefined)
      try {
        const made = make(this as unknown as S, this.#bound as B)
        this.#made.set(name, made)
        return made
      } catch (error) {
        this.#made.delete(name)
        throw error
      }
    }
  }
  for (const [name, make] of makers) Cradle.share(name, make)
  Object.setPrototypeOf(Cradle.prototype, refusing)
  return Cradle.open
}

/** What JavaScript itself asks any object for. */
const silent: ReadonlySet<string | symbol> = new Set(['then', 'toJSON', 'constructor', 'inspect', 'toString'])
const refusing = new Proxy(
  {},
  {
    get(_, name) {
      if (typeof name === 'symbol' || silent.has(name)) return undefined
      throw new TypeError(`There is no service "${name}".`)
    },
  },
)
