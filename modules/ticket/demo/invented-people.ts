import { createHash } from 'node:crypto'
import type { Draft } from '@tessera/core'
import type { Partner } from '@tessera/partner'

/** Somebody who does not exist, the same at every loading. */
export type InventedPerson = Draft<Partner> & { readonly externalId: string }

/**
 * The invented person who filed a request. The same key gives the same person; every borough has a limited number of them, so
 * that some file several requests.
 */
export function inventedPersonOf(requestKey: string, borough: string | undefined): InventedPerson {
  const place = borough ?? 'New York'
  const number = seeded(`request ${requestKey}`, 0) % peoplePerBorough
  const seed = `${place} ${number}`
  const given = pick(givenNames, seeded(seed, 0))
  const family = pick(familyNames, seeded(seed, 4))
  const slug = `${place.toLowerCase().replaceAll(' ', '-')}-${String(number).padStart(3, '0')}`
  return {
    externalId: `invented-${slug}`,
    invented: true,
    kind: 'person',
    name: `${given} ${family}`,
    // example.org and the numbers 555-0100 to 555-0199 are kept free for inventions.
    email: `${given}.${family}.${slug}@example.org`.toLowerCase().replaceAll(/[^a-z0-9.@-]/g, ''),
    phone: `+1 212 555 01${String(seeded(seed, 8) % 100).padStart(2, '0')}`,
    language: 'en',
    city: 'New York',
    district: borough ?? null,
    country: 'US',
  }
}

const peoplePerBorough = 120

/** A number that follows from the seed; `at` takes other bytes of the same hash. */
function seeded(seed: string, at: number): number {
  return createHash('sha256').update(seed).digest().readUInt32BE(at)
}

function pick(names: readonly string[], number: number): string {
  return names[number % names.length]!
}

const givenNames = [
  ...['Aaliyah', 'Aaron', 'Abena', 'Adaeze', 'Ahmed', 'Aisha', 'Alejandro', 'Alice', 'Amara', 'Amina', 'Ana', 'Andre', 'Angela', 'Anika'],
  ...['Antonio', 'Arjun', 'Beatriz', 'Benjamin', 'Bianca', 'Boris', 'Camila', 'Carlos', 'Carmen', 'Cecilia', 'Chidi', 'Chloe', 'Daniel'],
  ...[
    'Darnell',
    'David',
    'Deborah',
    'Denise',
    'Dmitri',
    'Dolores',
    'Ebony',
    'Edwin',
    'Elena',
    'Elijah',
    'Emeka',
    'Emily',
    'Esther',
    'Fatima',
  ],
  ...[
    'Fatou',
    'Felix',
    'Femi',
    'Frances',
    'Gabriel',
    'Galina',
    'George',
    'Gloria',
    'Grace',
    'Guadalupe',
    'Hana',
    'Hassan',
    'Hector',
    'Helen',
  ],
  ...['Hiroshi', 'Ibrahim', 'Ifeoma', 'Imani', 'Ines', 'Irina', 'Isaac', 'Isabel', 'Ivan', 'Jamal', 'James', 'Jasmine', 'Javier', 'Jin'],
  ...['Joanna', 'Jorge', 'Joseph', 'Juan', 'Judith', 'Kamal', 'Karen', 'Keisha', 'Kevin', 'Kofi', 'Lakshmi', 'Latoya', 'Leila', 'Leon'],
  ...['Li', 'Linda', 'Lucia', 'Luis', 'Magda', 'Malik', 'Manuel', 'Margaret', 'Maria', 'Marisol', 'Mei', 'Miguel', 'Mohammed', 'Monique'],
  ...['Nadia', 'Naomi', 'Natasha', 'Nia', 'Nikolai', 'Noor', 'Olga', 'Omar', 'Oscar', 'Patricia', 'Pedro', 'Priya', 'Rachel', 'Rafael'],
  ...['Rashid', 'Rosa', 'Ruth', 'Samuel', 'Sandra', 'Sanjay', 'Sofia', 'Soo', 'Tamika', 'Tariq', 'Teresa', 'Thomas', 'Tiana', 'Tomasz'],
  ...['Valentina', 'Victor', 'Wei', 'William', 'Ximena', 'Yasmin', 'Yolanda', 'Yuki', 'Yusuf', 'Zainab', 'Zoe'],
]
const familyNames = [
  ...['Abdullah', 'Acosta', 'Adeyemi', 'Ahmed', 'Alvarez', 'Anderson', 'Baptiste', 'Begum', 'Bennett', 'Bernstein', 'Brown', 'Campbell'],
  ...[
    'Castillo',
    'Chan',
    'Charles',
    'Chen',
    'Chowdhury',
    'Clarke',
    'Cohen',
    'Colon',
    'Cruz',
    'Davis',
    'Delgado',
    'Desai',
    'Diaz',
    'Diallo',
  ],
  ...['Edwards', 'Espinal', 'Evans', 'Feldman', 'Fernandez', 'Ferrara', 'Flores', 'Francis', 'Friedman', 'Garcia', 'Gomez', 'Gonzalez'],
  ...['Goldberg', 'Grant', 'Greene', 'Guerrero', 'Gupta', 'Guzman', 'Haddad', 'Hall', 'Harris', 'Hernandez', 'Herrera', 'Hossain', 'Huang'],
  ...['Hughes', 'Ivanov', 'Jackson', 'James', 'Jean', 'Jimenez', 'Johnson', 'Jones', 'Joseph', 'Kaplan', 'Kaur', 'Khan', 'Kim', 'King'],
  ...['Kowalski', 'Lam', 'Lee', 'Levy', 'Lewis', 'Li', 'Lin', 'Liu', 'Lopez', 'Marino', 'Marte', 'Martinez', 'Mendez', 'Mensah', 'Miller'],
  ...[
    'Mitchell',
    'Morales',
    'Moreno',
    'Morgan',
    'Murphy',
    'Nguyen',
    'Novak',
    'Nunez',
    'Obi',
    'Okafor',
    'Oliveira',
    'Ortiz',
    'Owusu',
    'Park',
  ],
  ...['Patel', 'Perez', 'Peralta', 'Petrov', 'Pierre', 'Popov', 'Quinones', 'Rahman', 'Ramirez', 'Ramos', 'Reid', 'Reyes', 'Rivera'],
  ...[
    'Robinson',
    'Rodriguez',
    'Romano',
    'Rosario',
    'Rossi',
    'Ruiz',
    'Russo',
    'Sanchez',
    'Santiago',
    'Santos',
    'Schwartz',
    'Scott',
    'Sharma',
  ],
  ...['Silva', 'Singh', 'Smith', 'Soto', 'Sullivan', 'Suarez', 'Tan', 'Tavarez', 'Taylor', 'Thomas', 'Thompson', 'Torres', 'Toure', 'Tran'],
  ...['Uddin', 'Valdez', 'Vargas', 'Vasquez', 'Vega', 'Walker', 'Wang', 'Watson', 'Weiss', 'White', 'Williams', 'Wilson', 'Wong', 'Wright'],
  ...['Wu', 'Yang', 'Young', 'Zapata', 'Zhang', 'Zheng'],
]
