import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isVin, plainVin } from './ticket/vin.ts'

/**
 * The check digit by the words of the regulation, written down another way: the letters' numbers as they are printed in its table,
 * the weights as they are printed, and a division.
 */
const printed = 'A1 B2 C3 D4 E5 F6 G7 H8 J1 K2 L3 M4 N5 P7 R9 S2 T3 U4 V5 W6 X7 Y8 Z9 00 11 22 33 44 55 66 77 88 99'
const values = new Map(printed.split(' ').map((pair) => [pair[0]!, BigInt(pair[1]!)]))
const weights = [8n, 7n, 6n, 5n, 4n, 3n, 2n, 10n, 0n, 9n, 8n, 7n, 6n, 5n, 4n, 3n, 2n]
function expected(text: string): boolean {
  if (text.length !== 17 || [...text].some((character) => !values.has(character))) return false
  let sum = 0n
  for (const [place, weight] of weights.entries()) sum += weight * values.get(text[place]!)!
  return '0123456789X'[Number(sum % 11n)] === text[8]
}

const alphabet = [...'ABCDEFGHJKLMNPRSTUVWXYZ0123456789']
const open = fc.array(fc.constantFrom(...alphabet), { minLength: 17, maxLength: 17 }).map((all) => all.join(''))

it('A VIN is one exactly where the regulation says so, whichever of the eleven digits stands in the ninth place', () => {
  fc.assert(
    fc.property(open, (vin) => {
      const fits = [...'0123456789X'].filter((digit) => {
        const written = `${vin.slice(0, 8)}${digit}${vin.slice(9)}`
        expect(isVin(written)).toBe(expected(written))
        return isVin(written)
      })
      expect(fits).toHaveLength(1)
    }),
    { numRuns: 500 },
  )
})

it('One wrong character is found, unless it has the same number or counts for eleven', () => {
  fc.assert(
    fc.property(open, fc.nat(16), fc.constantFrom(...alphabet, 'I', 'O', 'Q', ' ', 'é'), (vin, place, other) => {
      const written = `${vin.slice(0, place)}${other}${vin.slice(place + 1)}`
      expect(isVin(written)).toBe(expected(written))
    }),
    { numRuns: 1_000 },
  )
})

it('Known numbers of real vehicles are taken, however people write them', () => {
  for (const vin of ['1M8GDM9AXKP042788', '1HGCM82633A004352', '5GZCZ43D13S812715', '11111111111111111']) expect(isVin(vin)).toBe(true)
  expect(isVin(plainVin(' 1m8gd-m9axk p042788 '))).toBe(true)
  for (const wrong of ['', '1M8GDM9A0KP042788', '1M8GDM9AXKP04278', '1M8GDM9AXKP0427888', 'IM8GDM9AXKP042788'])
    expect(isVin(wrong)).toBe(false)
})
