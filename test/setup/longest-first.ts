/** Test files that take long begin first: one of minutes that begins last keeps everything waiting for it alone. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

export class LongestFirst extends BaseSequencer {
  /** Else as Vitest orders them: by how long they took here before, or by their size. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}

/** Of more than a minute. */
const longest = [
  'test/browser/screens.test.ts',
  'test/security/canary.test.ts',
  'test/cli/supervisor.test.ts',
  'test/cli/apps.test.ts',
  'test/security/write-matrix.test.ts',
  'test/operations/leaving.test.ts',
]

function rankOf({ moduleId }: TestSpecification): number {
  const at = longest.findIndex((each) => moduleId.endsWith(each))
  if (at >= 0) return at
  // Stories with a browser or with processes of their own take tens of seconds, all others a few.
  return /\/test\/(browser|cli|operations|security|backup|channels|stories)\//.test(moduleId) ? longest.length : longest.length + 1
}
