/**
 * What a new database starts with: these modules and all that they depend on. A database that is in use keeps its own list:
 * `tessera module install` adds to it.
 */
export default {
  install: ['web', 'ticket', 'assignment-rules', 'notifications', 'portal', 'reporting', 'access', 'oidc', 'apps', 'custom'],
}
