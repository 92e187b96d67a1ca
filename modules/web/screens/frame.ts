/** What surrounds every screen: the frame, the sidebar, and the verbs of its bars. */
import type { PersonTone } from './cells.ts'

export type Theme = 'light' | 'dark' | 'system'
export type Density = 'compact' | 'normal' | 'comfortable'

/** What every page needs, also one that nobody signed in to see. */
export interface Frame {
  readonly organisation: string
  /** BCP 47, for `<html lang>`. */
  readonly locale: string
  readonly direction: 'ltr' | 'rtl'
  readonly theme: Theme
  readonly density: Density
  /** Single letters are no shortcuts for him; those with Control stay. */
  readonly withoutKeys?: boolean
  /** Sent by every form as `_csrf`, by every script as header `x-csrf-token`. */
  readonly csrf: string
  /** For the one script element, if the policy asks for it; scripts come from 'self', so it may be left out. */
  readonly nonce?: string
  /** Shown on the sign-in page and in the user menu. */
  readonly version?: string
  /** Takes a POST of `theme`, `density` or `locale` and `back` (a path), sets the cookie and answers 303 to `back` (204 to a script). */
  readonly preferences?: string
  /** Languages to choose from; the menu is left out below two. */
  readonly languages?: readonly Language[]
  /** Said once after a redirect. */
  readonly toast?: Toast
  /** Somebody looks as this user, and stops by a POST. */
  readonly looking?: { readonly name: string; readonly stop: string }
  /** The database is a copy to try things with. */
  readonly copy?: boolean
}

export interface Language {
  readonly locale: string
  readonly label: string
}

export interface Toast {
  readonly text: string
  /** An error is never only in a toast: the page itself says it as well. */
  readonly tone?: 'info' | 'success' | 'error'
  /** "Undo", as a POST. */
  readonly undo?: Action
}

/** The frame of a signed-in member of staff: sidebar, bottom bar on a phone, user menu. */
export interface Shell extends Frame {
  readonly user: User
  readonly home: string
  readonly sections: readonly NavSection[]
  /** At most four places for the phone's bottom bar; the first of `sections` if absent. The search and the menu stand beside them. */
  readonly bottomBar?: readonly NavItem[]
  /** Where everything is searched, and every command found (GET, `q`): the way to it stands on top of the sidebar. */
  readonly palette?: string
  /** Takes a POST. */
  readonly signOut: string
  /** Entries of the user menu above theme, density and sign-out. */
  readonly userMenu?: readonly NavItem[]
  readonly bell?: Bell
  /** Whether it tells how it is made, and what a POST of `on` turns on and off; absent for whoever may not. */
  readonly developer?: { readonly on: boolean; readonly href: string }
}

/** What somebody was told of and has not read yet. */
export interface Bell {
  readonly count: number
  /** The page with all. */
  readonly href: string
  /** Answers with the latest as items of a menu. */
  readonly latest: string
}

export interface User {
  readonly name: string
  readonly initials: string
  /** The role as the user knows it, for instance "Supervisor". */
  readonly role: string
  readonly tone?: PersonTone
}

export interface NavSection {
  readonly label?: string
  readonly items: readonly NavItem[]
  /** With a label, it can be folded; a script remembers that in a cookie. */
  readonly folded?: boolean
  /** Headings within it, each with a label. */
  readonly sections?: readonly NavSection[]
}

export interface NavItem {
  readonly label: string
  readonly href: string
  readonly icon?: string
  /** Already formatted ("771", "10,000+"). */
  readonly count?: string
  /** The count is a warning. */
  readonly alarming?: boolean
  /** Keys one after the other: "g t". */
  readonly hotkey?: string
  readonly current?: boolean
}

export interface Crumb {
  readonly label: string
  /** Restores search, page and scroll of the place it leads to. */
  readonly href: string
}

/** A verb. `post` is a button, `get` a link (also to the page that asks for the action's input). */
export interface Action {
  readonly label: string
  readonly href: string
  readonly method: 'get' | 'post'
  readonly icon?: string
  /** One `primary` in a bar; `danger` has red words and edge. */
  readonly tone?: 'primary' | 'plain' | 'quiet' | 'danger'
  /** One key ("a"), shown on the button and in the sheet of shortcuts. */
  readonly hotkey?: string
  /** Sent along with a post. */
  readonly values?: readonly HiddenValue[]
  /** Leads to a page that asks before it acts; a script shows that page as a dialog over this one. */
  readonly asks?: boolean
}

export interface HiddenValue {
  readonly name: string
  readonly value: string
}

/** A screen inside the shell. */
export interface AppScreen {
  readonly shell: Shell
  /** The page's heading and window title. */
  readonly title: string
  /** The places above this one, outermost first, without this one. */
  readonly breadcrumbs: readonly Crumb[]
}
