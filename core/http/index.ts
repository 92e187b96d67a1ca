/** The door for browsers and programs. */
export { createHttp, type HttpDoor } from './app.ts'
export { openapiOf } from './rest/openapi.ts'
export type { HttpDeps, RouteInfo, Store } from './state.ts'
