/** The ways in, and the proof that it is still the same person. */
import type { Action, Frame, HiddenValue, Shell } from './frame.ts'

export interface SignInScreen {
  readonly shell: Frame
  /** Who is meant to sign in here: "Staff of the service desk and administrators". */
  readonly audience?: string
  /** POST of `email`, `password`, `remember` ("true"), `next`. */
  readonly action: string
  readonly email?: string
  readonly next?: string
  /** One sentence that does not tell whether the account exists. */
  readonly error?: string
  /** Takes a POST of `email` and mails a link that signs in. */
  readonly mailLink?: string
  /** Somebody was signed in, and his session has ended. */
  readonly ended?: boolean
  /** That a link is on its way, if there is such an account. */
  readonly sent?: string
  readonly remember?: { readonly label: string; readonly checked: boolean }
  readonly forgotten?: string
  /** Other ways in: link by mail, single sign-on. */
  readonly others?: readonly Action[]
  /** "Are you a resident? Go to the portal". */
  readonly aside?: { readonly text: string; readonly label: string; readonly href: string }
}

/** The administrator follows the one-time link of the first start and chooses a password. */
export interface FirstRunScreen {
  readonly shell: Frame
  /** POST of `token`, `name`, `email`, `password`, `repeat`. */
  readonly action: string
  readonly token: string
  readonly name: string
  readonly email: string
  readonly minLength: number
  readonly errors?: { readonly [field in 'name' | 'email' | 'password' | 'repeat']?: string }
}

/** Where an invited person makes the account his own. */
export interface InvitationScreen {
  readonly shell: Frame
  /** POST of `name`, `password`, `repeat`; with `without`, he does without a password. */
  readonly action: string
  readonly name: string
  readonly email: string
  readonly minLength: number
  readonly errors?: { readonly [field in 'name' | 'password' | 'repeat']?: string }
}

/** A one-time link was opened: it is used by a button, since programs that look through mail open every link. */
export interface LinkScreen {
  readonly shell: Frame
  /** Whom it signs in. */
  readonly name: string
  /** Takes a POST. */
  readonly action: string
  /** When it does something else than signing in. */
  readonly title?: string
  readonly text?: string
  readonly go?: string
}
/** The second step of signing in. */
export interface CodeScreen {
  readonly shell: Frame
  /** POST of `code` or `recovery`, and `next`. */
  readonly action: string
  readonly next?: string
  readonly error?: string
}

/** Asks somebody to show that it is he, or sends again what waited for it (`resume`). */
export interface ProofScreen {
  readonly shell: Frame | Shell
  readonly title: string
  readonly text: string
  /** POST of `values`, and of `password` or `code`. */
  readonly action: string
  readonly values: readonly HiddenValue[]
  readonly password?: boolean
  readonly code?: boolean
  /** One of the two is enough. */
  readonly either?: boolean
  /** Takes a POST of the same and mails a link that confirms it. */
  readonly mailLink?: string
  /** Links to others who know him; apart is one that leaves what was sent in its tab. */
  readonly ways?: readonly { readonly label: string; readonly href: string; readonly icon?: string }[]
  readonly apart?: boolean
  readonly sent?: string
  readonly error?: string
  readonly resume?: boolean
  readonly cancel: string
}
