import type { CodeScreen, FirstRunScreen, ProofScreen, SignInScreen } from '../screens.ts'
import { frame, shell } from './frame.ts'

export const signIn: SignInScreen = {
  shell: frame,
  audience: 'Staff of the service desk and administrators',
  action: '/sign-in',
  email: 'ana.kovac@larkfield.example',
  remember: { label: 'Stay signed in on this device for 14 days', checked: true },
  forgotten: '#',
  others: [
    { label: 'Email me a link', href: '#', method: 'get', icon: 'mail' },
    { label: 'Single sign-on', href: '#', method: 'get', icon: 'login-2' },
  ],
  aside: { text: 'Are you a resident?', label: 'Go to the portal, no password needed.', href: '#' },
}

export const signInWrong: SignInScreen = {
  ...signIn,
  error: 'This address and password do not go together. Check both, or have a new password sent.',
}

export const firstRun: FirstRunScreen = {
  shell: frame,
  action: '/first-run',
  token: 'sample',
  name: 'Administrator',
  email: 'admin@larkfield.example',
  minLength: 12,
  errors: { password: 'Has 8 characters; at least 12 are needed.' },
}

export const code: CodeScreen = {
  shell: frame,
  action: '/sign-in/code',
  next: '/list',
}

export const codeWrong: CodeScreen = {
  ...code,
  error: 'This code is not the one that the app shows now. Wait for the next one and type it without pause.',
}

const asked = {
  title: 'Is it still you?',
  text: 'Roles decide what everybody may do: show that it is you before you change one. That holds for ten minutes.',
  action: '/confirm',
  values: [{ name: 'back', value: '/list' }],
  cancel: '/list',
} as const

export const proof: ProofScreen = { ...asked, shell, password: true, code: true, either: true }

export const proofByMail: ProofScreen = {
  ...asked,
  shell: frame,
  mailLink: '/confirm/link',
  sent: 'A link is on its way to ana.kovac@larkfield.example. Open it, then come back to this page.',
}
