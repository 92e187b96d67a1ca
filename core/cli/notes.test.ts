import { list, type Model, p, translated } from '@tessera/core'
import { expect, test } from 'vitest'
import { Author, branch, composed, defineModel, Shelf } from '../../test/fixtures/module-library.ts'
import { notesOn } from './notes.ts'

const Poster: Model = defineModel('poster', { name: translated(), printedAt: p.datetime() }, { order: { name: 'asc' } })

test('A sort that no index serves is noted, for the module that declares it', () => {
  const wing = branch(
    {
      models: [Poster],
      views: [
        list(Author, ['name'], { order: { name: 'asc' } as never }),
        list(Shelf, ['name']),
        list(Poster, ['name'], { order: { printedAt: 'desc' } as never }),
      ],
    },
    'wing',
  )
  expect(notesOn(composed(wing)).filter(({ sentence }) => sentence.includes('index'))).toEqual([
    { module: 'wing', sentence: '"poster" is sorted by "name", which no index can serve.' },
  ])
  const annex = branch({ models: [Poster], views: [list(Poster, ['name'])] }, 'annex')
  expect(notesOn(composed(annex)).filter(({ sentence }) => sentence.includes('index'))).toEqual([
    { module: 'annex', sentence: 'The list of "poster" is sorted by "name", which no index can serve.' },
  ])
})
