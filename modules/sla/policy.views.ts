import { form, list, search } from '@tessera/core'
import { SlaPolicy } from './policy.model.ts'

export const policyViews = [
  list(
    SlaPolicy,
    [
      'rank',
      'name',
      'when',
      { field: 'firstResponse', as: 'duration' },
      { field: 'resolution', as: 'duration' },
      'workingHours',
      'promised',
      { field: 'active', optional: 'hidden' },
    ],
    { tones: { muted: { active: false } } },
  ),
  form(
    SlaPolicy,
    [
      'name',
      {
        group: 'which',
        label: 'Which tickets',
        of: [
          { field: 'condition', as: 'condition', of: 'ticket', wide: true },
          { field: 'when', wide: true },
        ],
      },
      {
        group: 'promise',
        label: 'What is promised',
        of: [
          { field: 'firstResponse', as: 'duration' },
          { field: 'resolution', as: 'duration' },
          { field: 'atRisk', as: 'duration' },
          'workingHours',
          'rank',
          'active',
        ],
      },
    ],
    { links: [{ link: 'tickets', label: 'Tickets under it', icon: 'ticket' }] },
  ),
  search(SlaPolicy, {
    texts: ['name', 'when'],
    filters: { active: { active: true }, stopped: { active: false } },
    facets: ['workingHours'],
  }),
]
