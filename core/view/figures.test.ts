import { graph, type Model, pivot, search } from '@tessera/core'
import { describe, expect, test } from 'vitest'
import { Author, Book, branch, composed, problemsOf } from '../../test/fixtures/module-library.ts'
import type { Module } from '../module/module.ts'
import type { ComposedGraph, ComposedPivot } from './composed.ts'
import { patch, patchView } from './patch.ts'

const bookPivot = pivot(Book as never, { rows: ['author'], columns: ['dueAt:month'], measures: ['count', 'pages:sum'] } as never)
const bookGraph = graph(Book as never, { by: 'state', split: 'author', measure: 'pages:avg', kind: 'line' } as never)

function figuresOf(model: Model, ...views: Module['views']): { pivot: ComposedPivot; graph: ComposedGraph } {
  const composition = composed(branch({ views }))
  return composition.screens(composition.models.of(model))
}
const shown = ({ rows, columns, measures }: ComposedPivot) => [rows.join(), columns.join(), measures.join()]

describe('A pivot and a graph', () => {
  test('are as they are declared', () => {
    const { pivot, graph } = figuresOf(Book, bookPivot, bookGraph)
    expect(shown(pivot)).toEqual(['author', 'dueAt:month', 'count,pages:sum'])
    expect(graph).toMatchObject({ by: 'state', split: 'author', measure: 'pages:avg', chart: 'line', module: 'branch' })
  })

  test('are made of what the search groups by, and of the months, where nobody declares them', () => {
    const books = figuresOf(Book)
    expect(shown(books.pivot)).toEqual(['author', 'createdAt:month', 'count'])
    expect(books.graph).toMatchObject({ by: 'author', split: undefined, measure: 'count', chart: 'bar' })
    const authors = figuresOf(Author)
    expect(shown(authors.pivot)).toEqual(['', 'createdAt:month', 'count'])
    expect(authors.graph.by).toBe('createdAt:month')
  })

  test('are changed by other modules, which are told among those who made them', () => {
    const { pivot, graph } = figuresOf(
      Book,
      bookPivot,
      bookGraph,
      patch(
        Book as never,
        { pivot: { rows: ['shelf'], measures: ['pages:max'], hide: 'count' }, graph: { split: null, kind: 'pie' } } as never,
      ),
      patchView(bookPivot, { columns: ['state'] } as never),
    )
    expect(shown(pivot)).toEqual(['author,shelf', 'dueAt:month,state', 'pages:sum,pages:max'])
    expect(graph).toMatchObject({ by: 'state', split: undefined, chart: 'pie' })
    const origins = pivot.origins().map(({ kind, name, isShown, deeds }) => [kind, name, isShown, deeds.map(({ did }) => did).join()])
    expect(origins).toContainEqual(['row', 'shelf', true, 'inserted'])
    expect(origins).toContainEqual(['measure', 'count', false, 'declared,hid'])
    expect(graph.origins()[0]?.deeds.map(({ did }) => did)).toEqual(['declared', 'set'])
  })

  test.each([
    [pivot(Book as never, { rows: ['autor'] } as never), 'view.unknown_field', 'Did you mean "author"?'],
    [pivot(Author as never, { rows: ['books'] } as never), 'view.no_grouping', undefined],
    [search(Author as never, { groups: ['books'] } as never), 'view.no_grouping', undefined],
    [pivot(Book as never, { columns: ['summary'] } as never), 'view.no_grouping', undefined],
    [pivot(Book as never, { columns: ['dueAt:hour'] } as never), 'view.unknown_grain', expect.stringContaining('day, week')],
    [pivot(Book as never, { measures: ['name:sum'] } as never), 'view.unknown_measure', expect.stringContaining('"hours:avg"')],
    [graph(Book as never, { by: 'state', measure: 'pages:median' } as never), 'view.unknown_measure', expect.stringContaining('count')],
    [graph(Book as never, { by: 'state', kind: 'radar' } as never), 'view.unknown_chart', expect.stringContaining('bar, line, pie')],
    [patch(Book as never, { pivot: { hide: 'shelves' } } as never), 'view.unknown_anchor', undefined],
  ])('are checked at boot: %#', (view, code, hint) => {
    expect(problemsOf(branch({ views: [view] })).map((problem) => [problem.code, problem.hint])).toEqual([[code, hint]])
  })

  test('are one each for a model', () => {
    const twice = pivot(Book as never, { rows: ['shelf'] } as never)
    expect(problemsOf(branch({ views: [bookPivot, twice] })).map(({ code }) => code)).toEqual(['view.duplicate'])
  })
})
