import { templates } from '@tessera/web'

export const render = templates(new URL('templates/', import.meta.url))
