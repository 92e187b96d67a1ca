import { templates } from '@tessera/web'

/** The templates of this module. */
export const render = templates(new URL('templates/', import.meta.url))
