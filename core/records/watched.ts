/** The statements of one request, kept only while somebody who may see how screens are made looks at them. */

export interface Watched {
  /** By `performance.now()`. */
  readonly began: number
  readonly statements: readonly WatchedStatement[]
}
export interface WatchedStatement {
  /** With $1, $2, …: what stands for them is never kept. */
  readonly text: string
  /** When it was asked, after `began`, and how long until its answer; in milliseconds. */
  readonly at: number
  readonly ms: number
  /** Undefined for one that failed, or has not answered yet. */
  readonly rows: number | undefined
}

/** Nothing yet; `keep` adds a statement when it has answered, with the time that it waited for a connection. */
export class Watch implements Watched {
  readonly began = performance.now()
  readonly statements: WatchedStatement[] = []

  async keep<R extends readonly unknown[]>(text: string, asked: Promise<R>): Promise<R> {
    const started = performance.now()
    let rows: number | undefined
    try {
      const answer = await asked
      rows = answer.length
      return answer
    } finally {
      this.statements.push({ text, at: started - this.began, ms: performance.now() - started, rows })
    }
  }
}
