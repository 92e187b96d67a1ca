import type { Page } from '@tessera/core'
import { explainPages } from './explain.ts'
import { peoplePages } from './people.ts'
import { profilePages } from './profile.ts'
import { rolePages } from './roles.ts'

/** Every page of this module, each part in a file of its own. */
export const pages: readonly Page[] = [...peoplePages, ...explainPages, ...profilePages, ...rolePages]
