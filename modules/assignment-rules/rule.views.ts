import { form, list, search } from '@tessera/core'
import { AssignmentRule } from './rule.model.ts'

export const ruleViews = [
  list(
    AssignmentRule,
    [
      'rank',
      'name',
      'when',
      'strategy',
      'team',
      { field: 'person', as: 'person', optional: 'hidden' },
      'given',
      { field: 'active', optional: 'hidden' },
    ],
    {
      tones: { muted: { active: false } },
    },
  ),
  form(
    AssignmentRule,
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
        group: 'who',
        label: 'Who gets them',
        of: ['strategy', 'team', { field: 'person', as: 'person', hidden: { strategy: { $ne: 'person' } } }, 'rank', 'active'],
      },
    ],
    { links: [{ link: 'tickets', label: 'Tickets given', icon: 'ticket' }] },
  ),
  search(AssignmentRule, {
    texts: ['name', 'when'],
    filters: { active: { active: true }, stopped: { active: false } },
    facets: ['strategy', 'team'],
  }),
]
