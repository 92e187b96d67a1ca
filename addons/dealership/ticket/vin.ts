/**
 * The vehicle identification number: 17 characters of A to Z without I, O and Q, and 0 to 9, as ISO 3779:2009 has them; the ninth is
 * the check digit of 49 CFR 565.15(c): each character stands for a number, the numbers are weighed by their place, and the sum's
 * remainder by 11 is the ninth character, X for 10.
 */
export function isVin(text: string): boolean {
  return /^[A-HJ-NPR-Z0-9]{17}$/.test(text) && checkDigitOf(text) === text[8]
}

/** As people write it (`1m8gd m9a-xkp042788`), in the one spelling that is kept. */
export function plainVin(text: string): string {
  return text.toUpperCase().replace(/[\s-]/g, '')
}

/** What the ninth character must be, whatever stands there. */
export function checkDigitOf(vin: string): string {
  const sum = [...vin].reduce((total, character, place) => total + numberOf(character) * weights[place]!, 0)
  return sum % 11 === 10 ? 'X' : String(sum % 11)
}

/** 49 CFR 565.15(c)(2), table IV: the weights of the 17 places; the check digit itself has none. */
const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]

/** 49 CFR 565.15(c)(1), table III: A to H are 1 to 8, J to R are 1 to 9, S to Z are 2 to 9, as on punched cards. */
function numberOf(character: string): number {
  if (character >= '0' && character <= '9') return Number(character)
  const code = character.charCodeAt(0)
  if (character <= 'H') return code - 64
  return character <= 'R' ? code - 73 : code - 81
}
