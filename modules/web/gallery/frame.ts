import type { AppScreen, Frame, Shell, Theme } from '../screens.ts'

export const frame: Frame = {
  organisation: 'Larkfield City',
  locale: 'en',
  direction: 'ltr',
  theme: 'light',
  density: 'normal',
  csrf: 'sample-token',
  version: '0.1.0',
  preferences: '/preferences',
}

const places = [
  {
    items: [
      { label: 'My work', href: '#', icon: 'inbox', count: '7' },
      { label: 'Tickets', href: '/list', icon: 'ticket', count: '771', current: true },
      { label: 'Customers', href: '#', icon: 'users' },
      { label: 'Notifications', href: '#', icon: 'bell', count: '4', alarming: true },
    ],
  },
  {
    label: 'Saved views',
    items: [
      { label: 'Unassigned', href: '#', icon: 'user-off', count: '23' },
      { label: 'SLA overdue', href: '#', icon: 'alert-triangle', count: '80', alarming: true },
      { label: 'Due today', href: '#', icon: 'hourglass', count: '18' },
      { label: 'Followed by me', href: '#', icon: 'eye', count: '11' },
    ],
  },
  {
    label: 'Insight',
    items: [
      { label: 'Dashboard', href: '#', icon: 'layout-dashboard' },
      { label: 'Reports', href: '#', icon: 'chart-bar' },
    ],
  },
  {
    label: 'Configuration',
    items: [
      { label: 'Types and priorities', href: '#', icon: 'tag' },
      { label: 'Assignment rules', href: '#', icon: 'route' },
      { label: 'SLA policies', href: '#', icon: 'clock' },
      { label: 'Notification texts', href: '#', icon: 'mail' },
    ],
  },
]

export const moduleIcons = [
  'ticket',
  'users',
  'bell',
  'user-off',
  'user-plus',
  'hourglass',
  'layout-dashboard',
  'route',
  'mail',
  'phone',
  'player-pause',
  'wallet',
  'paperclip',
  'car',
  'circle-check',
  'arrow-up-right',
  'calendar-event',
  'download',
  'device-mobile',
  'building',
]

export const shell: Shell = {
  ...frame,
  user: { name: 'Ana Kovač', initials: 'AK', role: 'Supervisor' },
  home: '/list',
  sections: places,
  palette: '/palette',
  bottomBar: [
    places[0]!.items[0]!,
    places[0]!.items[1]!,
    { label: 'Board', href: '/kanban', icon: 'layout-kanban' },
    { label: 'Alerts', href: '#', icon: 'bell', count: '4', alarming: true },
  ],
  signOut: '/sign-out',
  userMenu: [
    { label: 'Profile', href: '#', icon: 'user' },
    { label: 'Sessions', href: '#', icon: 'device-desktop' },
  ],
}

/** English words from right to left: shows whether every edge is a logical one. */
export const mirrored = <Model extends { readonly shell: Frame }>(model: Model): Model => ({
  ...model,
  shell: { ...model.shell, direction: 'rtl' },
})

export const withTheme = <Model extends { readonly shell: Frame }>(model: Model, theme: Theme): Model => ({
  ...model,
  shell: { ...model.shell, theme },
})

export const app = (title: string): AppScreen => ({ shell, title, breadcrumbs: [] })
